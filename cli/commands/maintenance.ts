import type { MaintenanceOverride } from "../../stack/told-maintenance";
import { maintenanceVariable } from "../../stack/variables";
import { defineCommand, optional, required, text, texts } from "../command";
import { Misuse } from "../failure";
import { readPools, readTold, requirePool } from "../operator/told";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, unasked, verbose } from "../options";

/** Switches maintenance on and off. */
export const maintenance = defineCommand({
  name: "maintenance",
  summary: "answers clients with 503 and a page, or no longer; later runs keep it",
  arguments: {
    state: required("on or off", () => ["on", "off"]),
    pool: optional("a pool that clients reach; everything when left out", undefined),
  },
  options: {
    stack,
    message: text("text", "what clients read", undefined, { short: "m" }),
    allow: texts("address", "an address or network that is served all the same; may be repeated"),
    ...{ yes: unasked, json, verbose, secretsProvider },
  },
  examples: [
    ['npm run maintenance -- on -m "Back at noon." --allow 10.0.0.0/8', "for all but your own network"],
    ["npm run maintenance -- on api --stack prod", "one pool; the others answer"],
    ["npm run maintenance -- off", "clients are served again"],
  ],
  check: ({ state, message, allow }) => {
    if (state === "off" && (message !== undefined || allow.length > 0))
      throw new Misuse("--message and --allow must be left out with off. They go with on.");
  },
  run: async (given) => {
    const { state, pool, message, allow } = given;
    const pools = await readPools(given.stack, "maintenance");
    if (pool !== undefined && !requirePool(pools, pool).isPublic)
      throw new Misuse(`${pool} must be a pool that clients reach: it answers other pools alone, or nobody.`);
    const told: MaintenanceOverride = {
      on: state === "on",
      ...{ pool, message },
      ...(allow.length === 0 ? {} : { allow }),
    };
    const variables = { [maintenanceVariable]: JSON.stringify(told) };
    return updateStack("maintenance", given, { variables }, async () => {
      const left = (await readTold(given.stack)).maintenance;
      return left.length === 0
        ? "Clients are served, unless the stack's file has maintenance."
        : `Under maintenance: ${left.map((each) => each.pool ?? "everything").join(", ")}`;
    });
  },
});
