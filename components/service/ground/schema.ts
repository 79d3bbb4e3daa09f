import { z } from "zod";
import type { Problem } from "../../arguments/problems";
import { choice, closed, type Fields, flag, phrase, type Rule, text } from "../../arguments/schema-parts";
import { type EngineArgs, EngineKind } from "../../engine-types";

const constraint = text(
  "be a constraint of Docker Swarm",
  /^(?:node|engine)\.[\w.-]+\s*(?:==|!=)\s*[\w.:/-]+$/,
  "Write it like node.labels.web == true.",
);
const constraints = z.array(constraint, phrase("be a list of constraints")).default([]);

/** What the containers run on. */
export const engine = closed(
  {
    kind: choice(EngineKind, "be a kind of engine").default(EngineKind.Single),
    balancers: constraints,
    replicas: constraints,
    localImages: flag().default(false),
  } satisfies Fields<EngineArgs>,
  "be an object that describes the engine",
  undefined,
  [
    {
      needs: [],
      find: ({ kind, balancers, replicas, localImages }): Problem[] => {
        if (kind === EngineKind.Swarm) return [];
        const set = { balancers, replicas, localImages };
        return Object.entries(set)
          .filter(([, value]) => (Array.isArray(value) ? value.length > 0 : value))
          .map(([name, value]) => ({
            path: [name],
            value,
            rule: "be left out where engine.kind is not swarm",
            remedy: "Set kind: swarm, or remove it.",
          }));
      },
    },
  ],
);

/** The same with everything filled in. */
export type EngineSettings = z.output<typeof engine>;

/** Parts of a service of which some do not work on a swarm. */
interface OnSwarm {
  engine: EngineSettings;
  pools: Record<string, Record<string, unknown>>;
  routes?: { target: { kind: string } }[] | undefined;
  balancer?: Record<string, unknown> | undefined;
}

/** Settings of a pool that do not work on a swarm, with why, and what to do instead. */
const poolSettings: Record<string, string> = {
  build: "A node cannot have an image that only this machine has. Push it to a registry, and set image.",
  mounts:
    "A volume or folder is on one node, and a replica may run on any. Keep files in a store outside of the swarm.",
  stores: "Datastores run on one engine. Connect to one outside of the swarm by env or secrets.",
  networks: "Networks of one engine do not reach other nodes. Remove it.",
  canary: "Remove it: new replicas of a swarm get all requests at once.",
};

/** The same of the balancer. */
const balancerSettings: Record<string, string> = {
  replicas: "There is one balancer on each node. Name the nodes at engine.balancers.",
};

/** The rules of what does not work on a swarm: the only place where that stands. */
export const swarmRules: Rule<OnSwarm>[] = [
  {
    needs: ["engine", "pools"],
    find: ({ engine: { kind }, pools }) => {
      if (kind !== EngineKind.Swarm) return [];
      return Object.entries(pools).flatMap(([name, pool]) => [
        ...refuseSet(["pools", name], pool, poolSettings),
        ...refuseStop(["pools", name, "stopSeconds"], pool.stopSeconds),
        ...refuseSecurity(["pools", name, "security"], pool.security as Security),
      ]);
    },
  },
  {
    needs: ["engine", "balancer"],
    find: ({ engine: { kind }, balancer = {} }) => {
      if (kind !== EngineKind.Swarm) return [];
      const { address = "0.0.0.0", tls } = balancer as Balancer;
      return [
        ...refuseSet(["balancer"], balancer, balancerSettings),
        ...(address === "0.0.0.0"
          ? []
          : [refuse(["balancer", "address"], address, "A node publishes a port at all of its addresses.")]),
        ...(tls?.acme === undefined
          ? []
          : [
              refuse(
                ["balancer", "tls", "acme"],
                tls.acme,
                "Get the certificate elsewhere, and give it at balancer.tls.certificates.",
              ),
            ]),
      ];
    },
  },
  {
    needs: ["engine", "routes"],
    find: ({ engine: { kind }, routes = [] }) => {
      if (kind !== EngineKind.Swarm) return [];
      return routes.flatMap(({ target }, index) =>
        target.kind === "static"
          ? [
              refuse(
                ["routes", index, "folder"],
                undefined,
                "Have a pool serve the files: its image brings them to every node.",
              ),
            ]
          : [],
      );
    },
  },
];

interface Security {
  strict: boolean;
}

interface Balancer {
  address?: string;
  tls?: { acme?: unknown };
}

/** Where it is set, Pulumi's provider waits no longer for a task of the manager's own node, and fails. */
function refuseStop(path: string[], value: unknown): Problem[] {
  return value === usualStopSeconds
    ? []
    : [refuse(path, value, `Remove it: a task of a swarm gets ${usualStopSeconds} s.`)];
}

const usualStopSeconds = 10;

function refuseSecurity(path: string[], { strict }: Security): Problem[] {
  return strict
    ? [refuse([...path, "strict"], strict, "A service of a swarm cannot be kept from gaining rights.")]
    : [];
}

function refuseSet(
  path: string[],
  settings: Record<string, unknown>,
  refused: Record<string, string>,
): Problem[] {
  return Object.entries(refused).flatMap(([name, remedy]) => {
    const { [name]: value } = settings;
    return isSet(value) ? [refuse([...path, name], value, remedy)] : [];
  });
}

function isSet(value: unknown): boolean {
  if (value === undefined) return false;
  return typeof value !== "object" || value === null || Object.keys(value).length > 0;
}

function refuse(path: (string | number)[], value: unknown, remedy: string): Problem {
  return { path, value, rule: "be left out where engine.kind is swarm", remedy };
}
