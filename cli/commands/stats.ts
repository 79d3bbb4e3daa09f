import { listParts } from "../../engine/parts";
import { defineCommand, flag, rest } from "../command";
import { exitCodes } from "../failure";
import { chooseParts, findDeployed, isNamed } from "../operator/parts";
import { findLoad, type Load, summarize } from "../operator/status";
import { renderStats } from "../operator/status-text";
import { countColumns } from "../operator/style";
import { renderJson, repeat } from "../operator/watch";
import { json, stack } from "../options";

/** Shows what each container uses and does. */
export const stats = defineCommand({
  name: "stats",
  summary: "shows what each container uses and does: CPU, memory, requests a second, errors, P95, share",
  arguments: {
    parts: rest("pools, replicas, datastores, balancers, monitoring; all of the stack when left out"),
  },
  options: { stack, watch: flag("shows it again and again, until Ctrl-C", "w"), json },
  examples: [
    ["npm run stats", "docker stats, but of the stack and with its traffic"],
    ["npm run stats -- api --watch --stack prod", "the replicas of a pool, every few seconds"],
  ],
  run: async (given) => {
    const { engine, label, parts } = await findDeployed(given.stack);
    chooseParts(parts, given.parts);
    let last: Load | undefined;
    await repeat(given.watch, async () => {
      const present = last === undefined ? parts : await listParts(engine, label);
      last = await findLoad(engine, label, present, last);
      const { stack: name, at, parts: all } = summarize({ ...last, backups: [], alerts: [] }, Date.now());
      const named = all.filter((_, index) => {
        const part = present[index];
        return part !== undefined && isNamed(part, given.parts);
      });
      return given.json
        ? renderJson({ stack: name, at, parts: named }, given.watch)
        : renderStats(named, countColumns()).join("\n");
    });
    return exitCodes.done;
  },
});
