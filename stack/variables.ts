// Variables of the environment that tell the program of a stack what holds for one run.

/** Numbers of replicas, which later runs keep: `api=3,web=2`. */
export const replicasVariable = "FLOTILLA_REPLICAS";

/** Settings, one to a line: `pools.api.limits.memoryMiB=512`. */
export const settingsVariable = "FLOTILLA_SET";

/** Set where what Pulumi writes into the stacks' files is to be taken out of them again. */
export const cleanVariable = "FLOTILLA_CLEAN_STACK_FILES";
