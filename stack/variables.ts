// Variables of the environment that tell the program of a stack what holds for one run.

/** Numbers of replicas, which later runs keep: `api=3,web=2`. */
export const replicasVariable = "FLOTILLA_REPLICAS";

/** Images of pools, which later runs keep: `api=registry.example.com/api:1.5`; with nothing behind the sign that of the settings again. */
export const imagesVariable = "FLOTILLA_IMAGES";

/** Maintenance as JSON, which later runs keep: `{"on":true,"pool":"api","message":"Back at noon."}`. */
export const maintenanceVariable = "FLOTILLA_MAINTENANCE";

/** Settings, one to a line: `pools.api.limits.memoryMiB=512`. */
export const settingsVariable = "FLOTILLA_SET";

/** Set where what Pulumi writes into the stacks' files is to be taken out of them again. */
export const cleanVariable = "FLOTILLA_CLEAN_STACK_FILES";
