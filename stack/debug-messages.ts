import * as pulumi from "@pulumi/pulumi";

/**
 * Keeps Pulumi's library from telling of every resource what it is made of: these messages are for its developers, have
 * generated secrets in the open, and are written into a log of events, whoever asks for one.
 */
export function silenceDebugMessages(): void {
  Object.assign(pulumi.log, { debug: () => Promise.resolve() });
}
