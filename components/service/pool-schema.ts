import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import {
  type ActiveHealthArgs,
  type BuildArgs,
  type FailuresArgs,
  type HealthCheckArgs,
  type KeepaliveArgs,
  Method,
  type MountArgs,
  type PoolArgs,
  type RetriesArgs,
  RetryCondition,
  SameSite,
  type StickyArgs,
  Strategy,
  type TimeoutArgs,
} from "../types";
import type { StoreConnection } from "../datastore-types";
import type { PoolMetricsArgs } from "../scrape-types";
import { asRecord } from "../arguments/problems";
import { secret, secretInput } from "../arguments/secrecy";
import {
  amount,
  byName,
  choice,
  closed,
  type Fields,
  flag,
  image,
  input,
  listOf,
  logs,
  phrase,
  port,
  resources,
  text,
  textList,
  whole,
} from "../arguments/schema-parts";

const volumeName = /^[a-zA-Z0-9][\w.-]*$/;

const build = closed(
  {
    context: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./app."),
    dockerfile: text("be a path inside the context", /./s).optional(),
    target: text("be the name of a stage", /^\S+$/).optional(),
    args: secret(byName(z.string(phrase("be a text")), "be an object of build arguments by name")).optional(),
    noCache: z.string(phrase("be a text", "Take another one, like the date, for each new build.")).optional(),
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
    shared: text(
      "be a name of at most 31 lower-case letters, digits and hyphens that starts with a letter",
      /^[a-z][a-z0-9-]{0,30}$/,
    ).optional(),
    volume: input("be the name of a Docker volume", (value) => volumeName.test(value)).optional(),
    hostPath: text("be an absolute path on the engine's host", /^(?:\/|[A-Za-z]:[\\/])/).optional(),
    readOnly: flag().optional(),
  } satisfies Fields<MountArgs>,
  "be an object with a path and one of shared, volume and hostPath",
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

/** What a file or a variable holds. */
export const contents = secretInput("be a text");

const retries = closed(
  {
    on: listOf(
      choice(RetryCondition, "be a condition for another try"),
      "be a list of conditions; to switch retries off, set tries to 1",
    ).optional(),
    tries: whole(1, 50).optional(),
    repeatWrites: flag().optional(),
  } satisfies Fields<RetriesArgs>,
  "be an object with on, tries or repeatWrites",
);

const keepalive = closed(
  {
    connections: whole(1, 10_000).optional(),
    requests: whole(1, 1_000_000).optional(),
    idleSeconds: amount(0.1, 3600).optional(),
  } satisfies Fields<KeepaliveArgs>,
  "be an object with connections, requests or idleSeconds",
);

const failures = closed(
  {
    count: whole(0, 1000, "0 never takes a replica out.").optional(),
    seconds: whole(1, 3600).optional(),
  } satisfies Fields<FailuresArgs>,
  "be an object with count, seconds or both",
);

const activeHealth = closed(
  {
    enabled: flag().optional(),
    intervalSeconds: whole(1, 3600).optional(),
    timeoutSeconds: whole(1, 60).optional(),
    strikes: whole(1, 100).optional(),
  } satisfies Fields<ActiveHealthArgs>,
  "be an object that says how replicas are asked",
);

const sticky = closed(
  {
    cookie: text("be the name of a cookie", /^[A-Za-z0-9_-]+$/).optional(),
    seconds: whole(1, 315_360_000).optional(),
    secure: flag().optional(),
    sameSite: choice(SameSite, "be a value of SameSite").optional(),
  } satisfies Fields<StickyArgs>,
  "be an object that describes the cookie; {} has defaults for all",
);

const metrics = closed(
  {
    port: port.optional(),
    path: text("start with / and hold no spaces", /^\/[^\s]*$/).optional(),
  } satisfies Fields<PoolMetricsArgs>,
  "be an object with port or path; {} has defaults for both",
);

/** A group of equal containers. */
export const pool = closed(
  {
    image: image.optional(),
    build: build.optional(),
    port: whole(1, 65535, "Set the port that each replica listens on."),
    replicas: whole(1, 50, "Set a number from 1 to 50, or remove the pool.").optional(),
    env: secret(byName(contents, "be an object of texts by name")).optional(),
    secrets: secret(byName(contents, "be an object of texts by name")).optional(),
    stores: byName(
      z.custom<pulumi.Input<StoreConnection>>(
        (value) =>
          pulumi.Output.isInstance(value) || value instanceof Promise || asRecord(value) !== undefined,
        phrase("be the connection of a datastore"),
      ),
      "be an object of connections by variable",
    ).optional(),
    secretFiles: secret(byName(contents, "be an object of texts by path")).optional(),
    files: secret(byName(contents, "be an object of texts by path")).optional(),
    command: textList("be a list of the program and its arguments").optional(),
    user: text("be a user, or user:group, by name or number", /^[^\s:]+(?::[^\s:]+)?$/).optional(),
    mounts: z.array(mount, phrase("be a list of mounts")).optional(),
    healthCheck: healthCheck.optional(),
    metrics: metrics.optional(),
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
    strategy: choice(Strategy, "be an update strategy").optional(),
    method: choice(Method, "be a balancing method").optional(),
    hashKey: text(
      "hold an Nginx variable and no spaces, like $cookie_user",
      /^[^\s;{}"'\\]*\$\w[^\s;{}"'\\]*$/,
    ).optional(),
    sticky: sticky.optional(),
    weights: listOf(
      whole(1, 1000, "Set 1 or more; for a replica that gets no request, set replicas."),
      "be a list of whole numbers",
    ).optional(),
    backups: whole(0, 49).optional(),
    maxConnections: whole(1, 1_000_000).optional(),
    keepalive: keepalive.optional(),
    failures: failures.optional(),
    retries: retries.optional(),
    activeHealth: activeHealth.optional(),
    holdSeconds: whole(0, 300).optional(),
    timeouts: timeouts.optional(),
    drainSeconds: whole(1, 3600).optional(),
    stopSeconds: whole(0, 600).optional(),
  } satisfies Fields<PoolArgs>,
  "be an object that describes a pool",
);
