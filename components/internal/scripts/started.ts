/** File of a configuration that says which stopped containers the balancer was told of. */
export const startedFile = "started";
