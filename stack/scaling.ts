import { z } from "zod";
import { parseSchedule } from "../backup/cron";
import { readArguments } from "../components/arguments/parse";
import { asRecord, type Problem } from "../components/arguments/problems";
import {
  amount,
  check,
  closed,
  custom,
  type Fields,
  phrase,
  text,
  whole,
} from "../components/arguments/schema-parts";
import { mostReplicas } from "../components/service/schema";

/** Hours in which a pool has other bounds. */
export interface ScheduledRange {
  /** When they begin, as a cron expression. */
  from: string;
  /** When they end, as a cron expression. */
  until: string;
  min?: number | undefined;
  max?: number | undefined;
}

/** By what a pool is scaled, and when; a measure that is false is not looked at. */
export interface Scaling {
  cpuPercent: number | false;
  idleCpuPercent: number;
  memoryPercent: number | false;
  requestsPerMinute: number | false;
  responseSeconds: number | false;
  errorPercent: number | false;
  upAfterSeconds: number;
  downAfterSeconds: number;
  timeZone: string;
  schedule: ScheduledRange[];
}

const longestSeconds = 86_400;

/** A number within a range, or false. */
function amountOrFalse(least: number, most: number) {
  const isInRange = (value: unknown) => typeof value === "number" && value >= least && value <= most;
  return custom<number | false>(
    (value) => value === false || isInRange(value),
    phrase(`be a number from ${least} to ${most}, or false`),
  ).meta({ anyOf: [{ type: "number", minimum: least, maximum: most }, { const: false }] });
}

const cron = text(
  "be a cron expression of five fields",
  (value) => typeof parseSchedule(value) !== "string",
  "Write it like 0 22 * * 1-5, which is at ten o'clock in the evening from Monday to Friday.",
);

const scheduledRange = closed(
  {
    from: cron.describe("When they begin, as a cron expression."),
    until: cron.describe("When they end, as a cron expression."),
    min: whole(1, mostReplicas).optional().describe("The least number then; that of the pool when left out."),
    max: whole(1, mostReplicas).optional().describe("The most then; that of the pool when left out."),
  } satisfies Fields<ScheduledRange>,
  "be an object with from, until, and min, max or both",
  undefined,
  [
    {
      needs: [],
      find: ({ min, max }) =>
        min === undefined && max === undefined
          ? [{ path: ["min"], value: undefined, rule: "be set, or max" }]
          : [],
    },
  ],
);

/** The settings of `replicas.scaling`. */
export const scalingSchema = closed(
  {
    cpuPercent: amountOrFalse(1, 100)
      .default(70)
      .describe(
        "More replicas above this use of limits.cpus, or of one processor where there is no limit. Defaults to 70.",
      ),
    idleCpuPercent: amount(0, 99).default(30).describe("Fewer replicas below this use. Defaults to 30."),
    memoryPercent: amountOrFalse(1, 100)
      .default(80)
      .describe("More replicas above this use of limits.memoryMiB. Defaults to 80."),
    requestsPerMinute: amountOrFalse(1, 1_000_000)
      .default(false)
      .describe("Requests a minute that one replica is to have at most. Defaults to false: not looked at."),
    responseSeconds: amountOrFalse(0.01, 600)
      .default(2)
      .describe("One replica more where 5 of 100 requests take longer. Defaults to 2."),
    errorPercent: amountOrFalse(0.01, 100)
      .default(1)
      .describe("One replica more where more requests than these are answered with 5xx. Defaults to 1."),
    upAfterSeconds: whole(0, longestSeconds)
      .default(30)
      .describe("How long more must have been needed before there are more. Defaults to 30."),
    downAfterSeconds: whole(0, longestSeconds)
      .default(300)
      .describe("How long fewer must have been enough before there are fewer. Defaults to 300."),
    timeZone: check(text("be the name of a time zone", /./), isTimeZone, {
      ...phrase("be the name of a time zone", "Write it like UTC or Europe/Berlin."),
    })
      .default("UTC")
      .describe("Time zone of the schedule. Defaults to UTC."),
    schedule: z
      .array(scheduledRange, phrase("be a list of hours with bounds of their own"))
      .default([])
      .describe("Hours in which there are other bounds, within min and max."),
  } satisfies Fields<Partial<Scaling>>,
  "be an object, of which {} is enough",
  undefined,
  [
    {
      needs: ["cpuPercent", "requestsPerMinute"],
      find: ({ cpuPercent, requestsPerMinute }) =>
        cpuPercent === false && requestsPerMinute === false
          ? [
              {
                path: ["cpuPercent"],
                value: false,
                rule: "be a number where requestsPerMinute is not set",
                remedy: "Nothing else says that fewer replicas would do.",
              },
            ]
          : [],
    },
    {
      needs: ["cpuPercent", "idleCpuPercent"],
      find: ({ cpuPercent, idleCpuPercent }) =>
        cpuPercent !== false && idleCpuPercent >= cpuPercent
          ? [{ path: ["idleCpuPercent"], value: idleCpuPercent, rule: `be below cpuPercent (${cpuPercent})` }]
          : [],
    },
  ],
);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions().timeZone !== "";
  } catch {
    return false;
  }
}

/** The bounds within which a pool may be scaled. */
interface Bounds {
  min: number;
  max: number;
}

/** A pool's scaling and its problems. */
export interface ScalingReading {
  /** Undefined where it is wrong. */
  scaling?: Scaling;
  problems: Problem[];
}

/** Reads the scaling of a pool, as its settings have it beside its bounds; what the pool has no figures of is not looked at. */
export function readScaling(
  path: (string | number)[],
  given: unknown,
  bounds: Bounds,
  pool: Record<string, unknown>,
): ScalingReading {
  const { value, problems } = readArguments(scalingSchema, given);
  const own = value === undefined ? problems : findMisfits(value, bounds);
  const all = [...own, ...findUnmeasured(asRecord(given) ?? {}, pool)].map((problem) => ({
    ...problem,
    path: [...path, ...problem.path],
  }));
  if (value === undefined || all.length > 0) return { problems: all };
  return { scaling: leaveOut(value, pool), problems: [] };
}

/** Hours whose bounds are not within those of the pool. */
function findMisfits({ schedule }: Scaling, { min, max }: Bounds): Problem[] {
  return schedule.flatMap((each, index): Problem[] => {
    const [least, most] = [each.min ?? min, each.max ?? max];
    const problem = (field: "min" | "max", rule: string): Problem => ({
      path: ["schedule", index, field],
      value: each[field],
      rule,
      remedy: "A schedule narrows the bounds of the pool: widen these at its replicas.",
    });
    if (least < min || least > max)
      return [problem("min", `be from min to max of the pool (${min} to ${max})`)];
    if (most < least || most > max) return [problem("max", `be from ${least} to max of the pool (${max})`)];
    return [];
  });
}

const ofRequests = ["requestsPerMinute", "responseSeconds", "errorPercent"] as const;

/** Measures that were asked for, and that there are no figures of. */
function findUnmeasured(given: Record<string, unknown>, pool: Record<string, unknown>): Problem[] {
  const isAsked = (name: string): boolean => given[name] !== undefined && given[name] !== false;
  const refuse = (name: string, remedy: string): Problem => ({
    ...{ path: [name], value: given[name], rule: "be left out here", remedy },
  });
  return [
    ...(isAsked("memoryPercent") && !hasMemoryLimit(pool)
      ? [refuse("memoryPercent", "It is a share of limits.memoryMiB: set that of the pool.")]
      : []),
    ...ofRequests
      .filter((name) => isAsked(name) && pool.port === undefined)
      .map((name) => refuse(name, "A pool without a port gets no requests.")),
  ];
}

function leaveOut(scaling: z.output<typeof scalingSchema>, pool: Record<string, unknown>): Scaling {
  return {
    ...scaling,
    ...(hasMemoryLimit(pool) ? {} : { memoryPercent: false }),
    ...(pool.port === undefined ? { responseSeconds: false, errorPercent: false } : {}),
  };
}

function hasMemoryLimit(pool: Record<string, unknown>): boolean {
  return asRecord(pool.limits)?.memoryMiB !== undefined;
}
