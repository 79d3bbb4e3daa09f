import { z } from "zod";
import { closed, type Fields, line, phrase, whole } from "../../arguments/schema-parts";
import type { BalancerSecurityArgs } from "../../types";
import { askForReason, capabilities, writableFolder } from "../options/security";

/** The rights of a balancer, where they are not the usual ones. */
export const balancerSecurity = closed(
  {
    writable: z.array(writableFolder, phrase("be a list of folders")).optional(),
    capabilities: capabilities.optional(),
    processes: whole(64, 4_000_000).optional(),
    reason: line("be a text on one line").optional(),
  } satisfies Fields<BalancerSecurityArgs>,
  "be an object with writable, capabilities, processes or reason",
  undefined,
  [askForReason(["capabilities"], ({ capabilities: further = [] }) => further.length > 0)],
);

/** The same, as it was given. */
export type BalancerSecurity = z.output<typeof balancerSecurity>;
