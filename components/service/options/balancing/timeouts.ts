import type { z } from "zod";
import { closed, type Fields, whole } from "../../../arguments/schema-parts";
import type { TimeoutArgs } from "../../../types";

/** How long the balancer waits for a replica. */
export const timeouts = closed(
  {
    connectSeconds: whole(1, 75, "Nginx waits no longer than 75 seconds for a connection.").default(1),
    readSeconds: whole(1, 86400).optional(),
    sendSeconds: whole(1, 86400).optional(),
    retrySeconds: whole(1, 86400).optional(),
  } satisfies Fields<TimeoutArgs>,
  "be an object of seconds",
  undefined,
  [
    {
      needs: ["readSeconds", "retrySeconds"],
      find: ({ readSeconds: read, retrySeconds: retry }) => {
        if (read === undefined || retry === undefined || read < retry) return [];
        const remedy = "Or a request to a hung replica is never tried again.";
        return [{ path: ["readSeconds"], value: read, rule: `be less than retrySeconds (${retry})`, remedy }];
      },
    },
  ],
).transform(({ connectSeconds, readSeconds, sendSeconds, retrySeconds }) => {
  const retry = retrySeconds ?? Math.max(30, Math.ceil((readSeconds ?? 0) * 1.5));
  // Below the total of all tries, or a request to a replica that hangs is never given to another.
  const read = readSeconds ?? Math.max(1, Math.floor((retry * 2) / 3));
  return { connectSeconds, readSeconds: read, sendSeconds: sendSeconds ?? read, retrySeconds: retry };
});

/** How long the balancer waits for a replica, with everything filled in. */
export type Timeouts = z.output<typeof timeouts>;
