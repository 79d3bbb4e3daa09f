import { readLock } from "../../engine/lock";
import { listParts } from "../../engine/parts";
import { defineCommand, flag } from "../command";
import { exitCodes } from "../failure";
import { findDeployed } from "../operator/parts";
import { findStatus, type Findings, summarize } from "../operator/status";
import { renderStatus } from "../operator/status-text";
import { choosePaint, countColumns } from "../operator/style";
import { readTold } from "../operator/told";
import { renderJson, repeat } from "../operator/watch";
import { json, stack } from "../options";

/** Shows how a stack is. */
export const status = defineCommand({
  name: "status",
  summary: "shows how the stack is: replicas, traffic, datastores, backups, certificates, alerts, disk",
  options: { stack, watch: flag("shows it again and again, until Ctrl-C", "w"), json },
  examples: [
    ["npm run status", "the stack dev; ends with 1 when something is not well"],
    ["npm run status -- --watch --stack prod", "looks every few seconds"],
    ["npm run status -- --json", "the same for programs"],
  ],
  run: async (given) => {
    const { engine, label, parts } = await findDeployed(given.stack);
    const told = readTold(given.stack);
    let last: Findings | undefined;
    const end = { ok: true };
    await repeat(given.watch, async () => {
      const present = last === undefined ? parts : await listParts(engine, label);
      const [found, lock] = await Promise.all([
        findStatus(engine, label, present, last),
        readLock(engine, label),
      ]);
      last = found;
      const summary = summarize({ ...found, told: await told, lock }, Date.now());
      end.ok = summary.ok;
      return given.json
        ? renderJson(summary, given.watch)
        : renderStatus(summary, given.stack, countColumns(), choosePaint()).join("\n");
    });
    return end.ok || given.watch ? exitCodes.done : exitCodes.failed;
  },
});
