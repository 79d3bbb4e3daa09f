import { hostname } from "node:os";
import { version } from "./version.js";

/** Which replica this is, like `backend-2`. */
export const instance = process.env.INSTANCE_ID ?? hostname();

/** The part of each answer that says who gave it. */
export function describeReplica() {
  return { version, served_by: { instance, hostname: hostname() } };
}
