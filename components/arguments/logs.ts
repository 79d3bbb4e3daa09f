import { derivedOptions } from "../../engine/log-drivers";
import type { LogArgs } from "../types";
import { byName, closed, type Fields, most, text, whole } from "./schema-parts";

/** Where a container's log goes, and how much of it is kept. */
export const logs = closed(
  {
    maxSizeMiB: whole(1, most).default(10),
    maxFiles: whole(1, most).default(3),
    driver: text(
      "be the name of one of Docker's log drivers",
      /^[a-z0-9][\w./:-]*$/,
      "docker info lists those that the engine has.",
    ).default("json-file"),
    options: byName(text("be a text", /^[^\r\n]*$/), "be an object of texts by option").default({}),
  } satisfies Fields<LogArgs>,
  "be an object with maxSizeMiB, maxFiles, driver or options",
  undefined,
  [
    {
      needs: ["options."],
      find: ({ options }) =>
        Object.entries(options)
          .filter(([name]) => derivedOptions.includes(name))
          .map(([name, value]) => ({
            path: ["options", name],
            value,
            rule: "be left out",
            remedy: "Set logs.maxSizeMiB and logs.maxFiles: they hold for the engine's own copy, too.",
          })),
    },
  ],
).prefault({});
