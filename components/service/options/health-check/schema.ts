import type { z } from "zod";
import { closed, type Fields, text, whole } from "../../../arguments/schema-parts";
import type { HealthCheckArgs } from "../../../types";

/** How a replica is asked whether it can take requests. */
export const healthCheck = closed(
  {
    path: text(
      "start with / and hold no spaces, quotes, backslashes or any of ; { } # $",
      /^\/[^\s"'`\\;{}#$]*$/,
    ).optional(),
    command: text("be a shell command", /\S/).optional(),
    intervalSeconds: whole(1, 3600).optional(),
    timeoutSeconds: whole(1, 3600).optional(),
    retries: whole(1, 100).optional(),
    startSeconds: whole(1, 86400).default(60),
  } satisfies Fields<HealthCheckArgs>,
  "be an object that describes the check",
  undefined,
  [
    {
      needs: ["intervalSeconds", "timeoutSeconds"],
      find: ({ intervalSeconds: interval, timeoutSeconds: timeout }) => {
        // Left out, each follows the other.
        if (interval === undefined || timeout === undefined || timeout <= interval) return [];
        const rule = `be at most intervalSeconds (${interval})`;
        const remedy = `Set it to ${interval} or less, or intervalSeconds to ${timeout} or more.`;
        return [{ path: ["timeoutSeconds"], value: timeout, rule, remedy }];
      },
    },
  ],
).transform((given) => {
  const { path, command, intervalSeconds, timeoutSeconds, retries = 3, startSeconds } = given;
  const timeout = timeoutSeconds ?? Math.min(3, intervalSeconds ?? 3);
  return {
    retries,
    startSeconds,
    /** Path that is asked, also through the balancer. */
    path: path ?? (command === undefined ? "/health" : "/"),
    /** Shell command that is run instead; exit code 0 means healthy. */
    command,
    /** Whether a command alone tells the health, so that the replica need not answer any path. */
    isToldByCommand: command !== undefined && path === undefined,
    intervalSeconds: intervalSeconds ?? Math.max(10, timeout),
    timeoutSeconds: timeout,
    /** As it was set. */
    given,
  };
});

/** How a replica is asked, with everything filled in. */
export type HealthCheck = z.output<typeof healthCheck>;
