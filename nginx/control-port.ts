/** Port of the balancer that only its own container reaches: the generation, the probes and the waiting room. */
export const controlPort = 8101;
