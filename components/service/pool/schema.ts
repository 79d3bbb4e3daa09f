import { z } from "zod";
import { type PoolArgs, Strategy } from "../../types";
import { logs } from "../../arguments/logs";
import {
  choice,
  closed,
  exactlyOne,
  type Fields,
  image,
  input,
  phrase,
  resources,
  text,
  textList,
  whole,
} from "../../arguments/schema-parts";
import { assets } from "../options/assets";
import { resolveHoldSeconds } from "../options/balancing/hold";
import { resolveActiveHealth } from "../options/balancing/active-health";
import { balancing, movedFields, spareRule } from "../options/balancing/schema";
import { build } from "../options/build";
import { canary, canaryRules } from "../options/canary/schema";
import { containerPathRules, files } from "../options/files";
import { healthCheck } from "../options/health-check/schema";
import { metrics } from "../options/metrics";
import { mount } from "../options/mounts/schema";
import { reservationRules } from "../options/resources";
import { security, strictRules } from "../options/security";
import { stores, variableRules, variables } from "../options/variables";
import { replicas } from "./replicas";
import { workerRules } from "./worker-rules";

const poolNames = z.array(z.string(phrase("name a pool")), phrase("be a list of pools"));

const usualDrainSeconds = 30;

/** A group of equal containers. */
export const pool = closed(
  {
    ...movedFields,
    ...({
      image: image.optional(),
      build: build.optional(),
      port: whole(1, 65535, "Set the port that each replica listens on.").optional(),
      replicas: replicas.default(1),
      env: variables.default({}),
      secrets: variables.default({}),
      stores: stores.default({}),
      secretFiles: files.default({}),
      files: files.default({}),
      command: textList("be a list of the program and its arguments").optional(),
      user: text("be a user, or user:group, by name or number", /^[^\s:]+(?::[^\s:]+)?$/).optional(),
      security,
      mounts: z.array(mount, phrase("be a list of mounts")).default([]),
      healthCheck: healthCheck.prefault({}),
      metrics: metrics.optional(),
      limits: resources.optional(),
      reservations: resources.optional(),
      logs,
      startAfter: poolNames.default([]),
      reachableFrom: poolNames
        .min(1, phrase("name at least one pool", "Remove it to make the pool public."))
        .optional(),
      networks: z
        .array(
          input("be the name of a Docker network", (value) => value.trim() !== ""),
          phrase("be a list of Docker networks"),
        )
        .default([]),
      strategy: choice(Strategy, "be an update strategy").default(Strategy.BlueGreen),
      canary: canary.optional(),
      assets: assets.optional(),
      balancing: balancing.optional(),
      drainSeconds: whole(1, 3600).optional(),
      streamSeconds: whole(0, 3600).optional(),
      stopSeconds: whole(0, 600).default(10),
    } satisfies Fields<PoolArgs>),
  },
  "be an object that describes a pool",
  undefined,
  [
    exactlyOne(["image", "build"], "Set an image, or a build with its context."),
    ...variableRules,
    ...containerPathRules,
    ...reservationRules,
    spareRule,
    {
      needs: ["drainSeconds", "streamSeconds"],
      find: ({ port, drainSeconds = usualDrainSeconds, streamSeconds = 0 }) => {
        if (port === undefined || streamSeconds <= drainSeconds) return [];
        const rule = `be at most drainSeconds (${drainSeconds})`;
        return [
          {
            path: ["streamSeconds"],
            value: streamSeconds,
            rule,
            remedy: "Set it lower, or drainSeconds higher.",
          },
        ];
      },
    },
    ...strictRules,
    ...canaryRules,
    ...workerRules,
  ],
).transform(
  ({
    healthCheck: health,
    port,
    balancing: set,
    drainSeconds,
    streamSeconds,
    reachableFrom,
    metrics,
    ...rest
  }) => {
    // Without a port the others are left out, as the rules say, and figures have a port of their own.
    if (port === undefined) {
      const figures = metrics?.port === undefined ? undefined : { ...metrics, port: metrics.port };
      return { ...rest, port, health, metrics: figures, balancing: undefined, reachableFrom: undefined };
    }
    const balanced = set ?? balancing.parse({});
    return {
      ...rest,
      port,
      health,
      metrics: metrics === undefined ? undefined : { ...metrics, port: metrics.port ?? port },
      reachableFrom,
      balancing: {
        ...balanced,
        activeHealth: resolveActiveHealth(balanced.activeHealth, health),
        holdSeconds: resolveHoldSeconds(balanced),
      },
      drainSeconds: drainSeconds ?? usualDrainSeconds,
      streamSeconds,
    };
  },
);

/** A group of equal containers, with everything filled in. */
export type Pool = z.output<typeof pool>;

/** A pool to which requests come. */
export type BalancedPool = Extract<Pool, { port: number }>;

/** A pool to which none come. */
export type WorkerPool = Extract<Pool, { port: undefined }>;
