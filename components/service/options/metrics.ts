import type { PoolMetricsArgs } from "../../scrape-types";
import { closed, type Fields, port, text } from "../../arguments/schema-parts";

/** Where each replica has figures for Prometheus; a port that is left out is the pool's. */
export const metrics = closed(
  {
    port: port.optional(),
    path: text("start with / and hold no spaces", /^\/[^\s]*$/).default("/metrics"),
  } satisfies Fields<PoolMetricsArgs>,
  "be an object with port or path; {} has defaults for both",
);
