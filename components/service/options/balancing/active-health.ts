import type { z } from "zod";
import { closed, type Fields, flag, whole } from "../../../arguments/schema-parts";
import type { ActiveHealth } from "../../../../nginx/model";
import type { ActiveHealthArgs } from "../../../types";
import type { HealthCheck } from "../health-check/schema";

/** Has the balancer ask each replica by itself. */
export const activeHealth = closed(
  {
    enabled: flag().optional(),
    intervalSeconds: whole(1, 3600).default(10),
    timeoutSeconds: whole(1, 60).optional(),
    strikes: whole(1, 100).default(3),
  } satisfies Fields<ActiveHealthArgs>,
  "be an object that says how replicas are asked",
  undefined,
  [
    {
      needs: ["intervalSeconds", "timeoutSeconds"],
      find: ({ intervalSeconds: interval, timeoutSeconds: timeout }) => {
        if (timeout === undefined || timeout <= interval) return [];
        const remedy = "Or one question would not be over when the next is asked.";
        const rule = `be at most intervalSeconds (${interval})`;
        return [{ path: ["timeoutSeconds"], value: timeout, rule, remedy }];
      },
    },
  ],
);

/** How the balancer asks, which it does by default where a path tells the health; undefined where it does not. */
export function resolveActiveHealth(
  { enabled, intervalSeconds, timeoutSeconds, strikes }: z.output<typeof activeHealth>,
  { path, isToldByCommand }: HealthCheck,
): ActiveHealth | undefined {
  if (!(enabled ?? !isToldByCommand)) return undefined;
  const most = Math.min(3, Math.max(1, Math.floor(intervalSeconds / 2)));
  return { path, intervalSeconds, timeoutSeconds: timeoutSeconds ?? most, strikes };
}
