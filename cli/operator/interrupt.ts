/** Goes on until the user ends it, by Ctrl-C or as a service is ended. */
export function untilInterrupted(stop: () => void): () => void {
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  return () => {
    process.off("SIGINT", stop);
    process.off("SIGTERM", stop);
  };
}
