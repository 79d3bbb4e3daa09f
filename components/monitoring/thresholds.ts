import type { Thresholds } from "../../monitoring/thresholds";
import { amount, closed, type Fields } from "../arguments/schema-parts";

const share = amount(0, 100);
const number = amount(0, 1_000_000);

/** From where on alerts fire. */
export const thresholds = closed(
  {
    cpuPercent: share.default(80),
    memoryPercent: share.default(80),
    diskPercent: share.default(80),
    responseSeconds: number.default(2),
    errorPercent: share.default(1),
    connectionsPercent: share.default(80),
    unevenFactor: number.default(2),
    certificateDays: number.default(21),
    backupHours: number.default(26),
    lagSeconds: number.default(30),
    scaleUpCpuPercent: share.default(70),
    scaleDownCpuPercent: share.default(30),
    deploymentSeconds: number.default(120),
    availabilityPercent: share.default(99.9),
  } satisfies Fields<Partial<Thresholds>>,
  "be an object of thresholds by name",
);

/** From where on they fire unless they are told otherwise. */
export const defaultThresholds: Thresholds = thresholds.parse({});
