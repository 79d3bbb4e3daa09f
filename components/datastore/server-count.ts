import { z } from "zod";
import { check, phrase } from "../arguments/schema-parts";

/** The number of servers of a datastore. */
export function serverCount(allowed: number[], remedy: string) {
  const error = phrase(`be ${allowed.join(" or ")}`, remedy);
  return check(z.number(error), (value) => allowed.includes(value), error).default(1);
}
