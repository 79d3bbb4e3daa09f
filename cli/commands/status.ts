import { setTimeout as wait } from "node:timers/promises";
import { defineCommand, flag } from "../command";
import { exitCodes } from "../failure";
import { listParts } from "../../engine/parts";
import { untilInterrupted } from "../operator/interrupt";
import { findDeployed } from "../operator/parts";
import { findStatus, type Findings, summarize } from "../operator/status";
import { renderStatus } from "../operator/status-text";
import { choosePaint, countColumns } from "../operator/style";
import { json, stack } from "../options";

/** Seconds between two looks. */
const watchSeconds = 2;

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
    const over = new AbortController();
    const release = untilInterrupted(() => {
      over.abort();
    });
    let last: Findings | undefined;
    let ok = true;
    do {
      const present = last === undefined ? parts : await listParts(engine, label);
      last = await findStatus(engine, label, present, last);
      const told = summarize(last, Date.now());
      ok = told.ok;
      process.stdout.write(
        `${given.json ? renderJson(told, given.watch) : renderScreen(told, given.watch)}\n`,
      );
      if (given.watch) await wait(watchSeconds * 1000, undefined, over).catch(() => undefined);
    } while (given.watch && !over.signal.aborted);
    release();
    return ok || given.watch ? exitCodes.done : exitCodes.failed;
  },
});

/** One line each where there are several. */
function renderJson(told: object, isOneOfSeveral: boolean): string {
  return JSON.stringify(told, undefined, isOneOfSeveral ? 0 : 2);
}

function renderScreen(told: Parameters<typeof renderStatus>[0], clears: boolean): string {
  const lines = renderStatus(told, countColumns(), choosePaint());
  // From the upper left corner, and nothing of before.
  const clear = clears && process.stdout.isTTY ? "\u001b[H\u001b[2J" : "";
  return `${clear}${lines.join("\n")}`;
}
