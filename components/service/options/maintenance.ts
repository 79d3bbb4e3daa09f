import { closed, type Fields, flag, text, whole } from "../../arguments/schema-parts";
import type { MaintenanceArgs } from "../../types";
import { clientNetworks } from "./access";

/** Answers everything with 503; nothing of it is left where it is off. */
export const maintenance = closed(
  {
    enabled: flag().default(true),
    allow: clientNetworks.default([]),
    retryAfterSeconds: whole(1, 86_400).default(60),
    message: text("be a text that is not empty", /\S/).optional(),
  } satisfies Fields<MaintenanceArgs>,
  "be an object; {} has defaults for all",
).transform(({ enabled, ...rest }) => (enabled ? rest : undefined));
