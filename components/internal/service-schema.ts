import { isIP } from "node:net";
import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { Method, Strategy } from "../types";
import type {
  BalancerArgs,
  BuildArgs,
  CredentialsArgs,
  HealthCheckArgs,
  LoadBalancedServiceArgs,
  LogArgs,
  MountArgs,
  PoolArgs,
  RegistryArgs,
  ResourcesArgs,
  RouteArgs,
  TimeoutArgs,
} from "../types";
import { parseReference } from "./image-reference";
import { asRecord, makeUnknownKeyProblem, type Problem } from "./problems";
import { findRuleProblems } from "./service-rules";

export { describeProblem, describeProblems, type Problem } from "./problems";

/** Finds everything that is wrong with the arguments of a `LoadBalancedService`, in one go. */
export function serviceProblems(args: unknown): Problem[] {
  const shape = serviceSchema.safeParse(args, { reportInput: true });
  return [...(shape.error?.issues ?? []).flatMap(toProblems), ...findRuleProblems(args)];
}

// zod's message carries the rule and, on a second line, the remedy.
function phrase(rule: string, remedy?: string): { error: string } {
  return { error: remedy === undefined ? rule : `${rule}\n${remedy}` };
}

function toProblems(issue: z.core.$ZodIssue): Problem[] {
  const path = issue.path.map((part) => (typeof part === "symbol" ? String(part) : part));
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => makeUnknownKeyProblem(path, key, issue.message.split(" ")));
  }
  const [rule = "", remedy] = issue.message.split("\n");
  return [{ path, value: issue.input, rule, ...(remedy === undefined ? {} : { remedy }) }];
}

type Fields<Args> = Record<keyof Args, z.ZodType>;

// The message of an unknown key carries the known ones, to suggest the nearest of them.
function closed(fields: Record<string, z.ZodType>, rule: string, remedy?: string) {
  return record(rule, remedy).pipe(
    z.strictObject(fields, {
      error: ({ code }) => (code === "unrecognized_keys" ? Object.keys(fields).join(" ") : undefined),
    }),
  );
}

// An output has keys of its own, which zod would take for the user's.
function record(rule: string, remedy?: string) {
  return z.custom<Record<string, unknown>>((value) => asRecord(value) !== undefined, phrase(rule, remedy));
}

function check<Value>(type: z.ZodType<Value>, test: (value: Value) => boolean, error: { error: string }) {
  return type.refine(test, error);
}

function whole(least: number, most: number, remedy?: string) {
  const range = most === Number.MAX_SAFE_INTEGER ? `of ${least} or more` : `from ${least} to ${most}`;
  const error = phrase(`be a whole number ${range}`, remedy);
  return check(z.number(error), (value) => Number.isInteger(value) && value >= least && value <= most, error);
}

function text(rule: string, test: RegExp | ((value: string) => boolean), remedy?: string) {
  const error = phrase(rule, remedy);
  return check(z.string(error), (value) => (test instanceof RegExp ? test.test(value) : test(value)), error);
}

function flag() {
  return z.boolean(phrase("be true or false"));
}

function textList(rule: string) {
  return z.array(text("be a text that is not empty", /./s), phrase(rule)).min(1, phrase(rule));
}

function input(rule: string, test = (value: string): boolean => typeof value === "string") {
  return z.custom<unknown>(
    (value) =>
      typeof value === "string" ? test(value) : pulumi.Output.isInstance(value) || value instanceof Promise,
    phrase(rule),
  );
}

function byName(value: z.ZodType, rule: string, remedy?: string) {
  return record(rule, remedy).pipe(z.record(z.string(), value, phrase(rule, remedy)));
}

const most = Number.MAX_SAFE_INTEGER;
const pathComponent = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const registryHost = "(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?";
const registryAddress = new RegExp(`^${registryHost}$`);
const registryPrefix = new RegExp(`^${registryHost}(?:/${pathComponent})*$`);
const hostName =
  /^(?=.{1,253}$)[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*$/i;
const volumeName = /^[a-zA-Z0-9][\w.-]*$/;

const image = text(
  "be the name of a Docker image",
  (value) => parseReference(value) !== undefined,
  "Write it like nginx:1.30.4 or registry.example.com/team/app@sha256:….",
);
const port = whole(1, 65535);

const resources = closed(
  {
    cpus: check(
      z.number(phrase("be a number above 0 in steps of 0.01")),
      (value) => value > 0 && Math.abs(value * 100 - Math.round(value * 100)) < 1e-6,
      phrase("be a number above 0 in steps of 0.01"),
    ).optional(),
    memoryMiB: whole(6, most, "Docker accepts no less than 6 MiB.").optional(),
  } satisfies Fields<ResourcesArgs>,
  "be an object with cpus, memoryMiB or both",
);

const logs = closed(
  { maxSizeMiB: whole(1, most).optional(), maxFiles: whole(1, most).optional() } satisfies Fields<LogArgs>,
  "be an object with maxSizeMiB, maxFiles or both",
);

const build = closed(
  {
    context: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./app."),
    dockerfile: text("be a path inside the context", /./s).optional(),
    target: text("be the name of a stage", /^\S+$/).optional(),
    args: byName(z.string(phrase("be a text")), "be an object of build arguments by name").optional(),
  } satisfies Fields<BuildArgs>,
  "be an object with a context",
);

const healthCheck = closed(
  {
    path: text(
      "start with / and hold no spaces, quotes, backslashes or any of ; { } # $",
      /^\/[^\s"'`\\;{}#$]*$/,
    ).optional(),
    command: text("be a shell command", /\S/).optional(),
    intervalSeconds: whole(1, 3600).optional(),
    timeoutSeconds: whole(1, 3600).optional(),
    retries: whole(1, 100).optional(),
    startSeconds: whole(1, 86400).optional(),
  } satisfies Fields<HealthCheckArgs>,
  "be an object that describes the check",
);

const mount = closed(
  {
    path: text("be an absolute path in the container, below /", /^\/+[^/]/),
    volume: input("be the name of a Docker volume", (value) => volumeName.test(value)).optional(),
    hostPath: text("be an absolute path on the engine's host", /^(?:\/|[A-Za-z]:[\\/])/).optional(),
    readOnly: flag().optional(),
  } satisfies Fields<MountArgs>,
  "be an object with a path and either volume or hostPath",
);

const timeouts = closed(
  {
    connectSeconds: whole(1, 75, "Nginx waits no longer than 75 seconds for a connection.").optional(),
    readSeconds: whole(1, 86400).optional(),
    sendSeconds: whole(1, 86400).optional(),
    retrySeconds: whole(1, 86400).optional(),
  } satisfies Fields<TimeoutArgs>,
  "be an object of seconds",
);

const contents = input("be a text");

const pool = closed(
  {
    image: image.optional(),
    build: build.optional(),
    port: whole(1, 65535, "Set the port that each replica listens on."),
    replicas: whole(1, 50, "Set a number from 1 to 50, or remove the pool.").optional(),
    env: byName(contents, "be an object of texts by name").optional(),
    secrets: byName(contents, "be an object of texts by name").optional(),
    secretFiles: byName(contents, "be an object of texts by path").optional(),
    files: byName(contents, "be an object of texts by path").optional(),
    command: textList("be a list of the program and its arguments").optional(),
    user: text("be a user, or user:group, by name or number", /^[^\s:]+(?::[^\s:]+)?$/).optional(),
    mounts: z.array(mount, phrase("be a list of mounts")).optional(),
    healthCheck: healthCheck.optional(),
    limits: resources.optional(),
    reservations: resources.optional(),
    logs: logs.optional(),
    startAfter: z.array(z.string(phrase("name a pool")), phrase("be a list of pools")).optional(),
    reachableFrom: z
      .array(z.string(phrase("name a pool")), phrase("be a list of pools"))
      .min(1, phrase("name at least one pool", "Remove it to make the pool public."))
      .optional(),
    networks: z
      .array(
        input("be the name of a Docker network", (value) => value.trim() !== ""),
        phrase("be a list of Docker networks"),
      )
      .optional(),
    strategy: z
      .enum(Strategy, phrase("be an update strategy", `Set ${Object.values(Strategy).join(" or ")}.`))
      .optional(),
    method: z
      .enum(Method, phrase("be a balancing method", `Set ${Object.values(Method).join(" or ")}.`))
      .optional(),
    timeouts: timeouts.optional(),
    drainSeconds: whole(1, 3600).optional(),
    stopSeconds: whole(0, 600).optional(),
  } satisfies Fields<PoolArgs>,
  "be an object that describes a pool",
);

const route = closed(
  {
    path: text(
      "start with / and hold no spaces, quotes, backslashes or any of { } ; ? #",
      /^\/[^\s"'`\\{};?#]*$/,
    ).optional(),
    host: text("be a host name without port or wildcard", hostName).optional(),
    pool: z.string(phrase("name a pool")),
  } satisfies Fields<RouteArgs>,
  "be an object with a pool, and a path or host",
);

const directives = z
  .array(
    text("be one directive on one line", /^[^\r\n]*\S[^\r\n]*$/, "Make each directive an item of the list."),
    phrase("be a list of Nginx directives"),
  )
  .optional();

const balancer = closed(
  {
    image: image.optional(),
    port: port.optional(),
    address: text("be an IPv4 or IPv6 address", (value) => isIP(value) !== 0).optional(),
    limits: resources.optional(),
    reservations: resources.optional(),
    logs: logs.optional(),
    httpDirectives: directives,
    serverDirectives: directives,
  } satisfies Fields<BalancerArgs>,
  "be an object that describes the balancer",
);

const passwordRule = "be a password or token";
const credentials = closed(
  {
    address: text(
      "be the host, and port, of a registry",
      registryAddress,
      "Write it without scheme and path.",
    ),
    username: text("be a name to sign in with", /\S/),
    password: input(passwordRule, (value) => value !== "").nonoptional(phrase(passwordRule)),
  } satisfies Fields<CredentialsArgs>,
  "be an object with address, username and password",
);

const registry = closed(
  {
    mirror: text(
      "be a registry, and a path in it, without scheme and closing slash",
      registryPrefix,
      "Write it like mirror.example.com/hub.",
    ).optional(),
    followTags: flag().optional(),
    credentials: z.array(credentials, phrase("be a list of credentials")).optional(),
  } satisfies Fields<RegistryArgs>,
  "be an object that describes the registry",
);

const serviceSchema = closed(
  {
    pools: byName(
      pool,
      "be an object of pools by name",
      "Describe at least one pool with an image and a port.",
    ),
    routes: z
      .array(route, phrase("be a list of routes"))
      .min(1, phrase("hold at least one route", "Remove it to send everything to the only public pool."))
      .optional(),
    balancer: balancer.optional(),
    registry: registry.optional(),
    startStopped: contents.optional(),
  } satisfies Fields<LoadBalancedServiceArgs>,
  "be an object that describes the service",
);
