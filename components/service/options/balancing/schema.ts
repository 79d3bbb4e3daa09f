import { moved } from "../../../arguments/moved";
import {
  amount,
  choice,
  closed,
  type Fields,
  flag,
  listOf,
  type Rule,
  text,
  whole,
} from "../../../arguments/schema-parts";
import {
  type BalancingArgs,
  type FailuresArgs,
  type KeepaliveArgs,
  Method,
  type RetriesArgs,
  RetryCondition,
} from "../../../types";
import { activeHealth } from "./active-health";
import { sticky } from "./sticky";
import { timeouts } from "./timeouts";

const retries = closed(
  {
    on: listOf(
      choice(RetryCondition, "be a condition for another try"),
      "be a list of conditions; to switch retries off, set tries to 1",
    ).default([
      RetryCondition.Error,
      RetryCondition.Timeout,
      RetryCondition.Status502,
      RetryCondition.Status503,
      RetryCondition.Status504,
    ]),
    tries: whole(1, 50).default(3),
    repeatWrites: flag().default(false),
    repeatKeyed: flag().default(false),
  } satisfies Fields<RetriesArgs>,
  "be an object with on, tries, repeatWrites or repeatKeyed",
);

const keepalive = closed(
  {
    connections: whole(1, 10_000).default(32),
    requests: whole(1, 1_000_000).default(1000),
    // Applications close idle connections after as little as two seconds, and a POST that meets one being closed is lost.
    idleSeconds: amount(0.1, 3600).default(1.5),
  } satisfies Fields<KeepaliveArgs>,
  "be an object with connections, requests or idleSeconds",
);

const failures = closed(
  {
    count: whole(0, 1000, "0 never takes a replica out.").default(3),
    seconds: whole(1, 3600).default(10),
  } satisfies Fields<FailuresArgs>,
  "be an object with count, seconds or both",
);

const fields = {
  method: choice(Method, "be a balancing method").default(Method.LeastConnections),
  hashKey: text(
    "hold an Nginx variable and no spaces, like $cookie_user",
    /^[^\s;{}"'\\]*\$\w[^\s;{}"'\\]*$/,
  ).optional(),
  sticky: sticky.optional(),
  weights: listOf(
    whole(1, 1000, "Set 1 or more; for a replica that gets no request, set replicas."),
    "be a list of whole numbers",
  ).default([]),
  spares: whole(0, 49).default(0),
  // Any number.
  maxConnections: whole(1, 1_000_000).default(0),
  keepalive: keepalive.prefault({}),
  failures: failures.prefault({}),
  retries: retries.prefault({}),
  activeHealth: activeHealth.prefault({}),
  holdSeconds: whole(0, 300).optional(),
  timeouts: timeouts.prefault({}),
} satisfies Fields<BalancingArgs>;

/** Who of a pool's replicas gets a request, how long the balancer waits, and when it asks another. */
export const balancing = closed(
  fields,
  "be an object that says what the balancer does with the replicas",
  undefined,
  [
    {
      needs: ["method", "hashKey"],
      find: ({ method, hashKey }) => {
        if ((method === Method.Hash) === (hashKey !== undefined)) return [];
        const [rule, remedy] =
          hashKey === undefined
            ? [
                "be set where method is hash",
                "Name what requests for the same replica have in common, like $cookie_user.",
              ]
            : ["be left out unless method is hash", "Set method to hash, or remove it."];
        return [{ path: ["hashKey"], value: hashKey, rule, remedy }];
      },
    },
    {
      needs: ["method", "spares"],
      find: ({ method, spares }) => {
        if (spares === 0 || [Method.LeastConnections, Method.RoundRobin].includes(method)) return [];
        const rule = `be left out where method is ${method}`;
        const remedy = "Nginx has no spares with it: use least_conn or round-robin.";
        return [{ path: ["spares"], value: spares, rule, remedy }];
      },
    },
  ],
);

/** The rule that not all replicas are spares. */
export const spareRule: Rule<{ replicas: number; balancing?: { spares: number } | undefined }> = {
  needs: ["replicas", "balancing.spares"],
  find: ({ replicas, balancing: { spares } = { spares: 0 } }) => {
    if (spares === 0 || spares < replicas) return [];
    const path = ["balancing", "spares"];
    const remedy = "One replica at least must be no spare.";
    return [{ path, value: spares, rule: `be less than replicas (${replicas})`, remedy }];
  },
};

const inBalancing = (name: keyof BalancingArgs): string => `Write it in balancing: balancing.${name}.`;

/** The fields that pools had for it. */
export const movedFields = moved({
  method: inBalancing("method"),
  hashKey: inBalancing("hashKey"),
  sticky: inBalancing("sticky"),
  weights: inBalancing("weights"),
  backups: inBalancing("spares"),
  maxConnections: inBalancing("maxConnections"),
  keepalive: inBalancing("keepalive"),
  failures: inBalancing("failures"),
  retries: inBalancing("retries"),
  activeHealth: inBalancing("activeHealth"),
  holdSeconds: inBalancing("holdSeconds"),
  timeouts: inBalancing("timeouts"),
});
