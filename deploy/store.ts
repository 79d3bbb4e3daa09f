import { fromJson, toJson } from "./json";
import { defineScript, onEngine, printing } from "./process";
import { type Engine, Failure, longSeconds } from "../engine/client";
import { labelFilters, readLabels } from "../engine/labels";
import { inspectContainers } from "../engine/containers";
import { passGate } from "./gate";
import { keepOnDisk } from "./on-disk";
import type { Passwords } from "./tasks";
import { makeText, nextSecret } from "./versioned-secret";

export const { openStore, awaitServer, leaveStore, makePasswords } = defineScript<"store">({
  /** Waits until a datastore is healthy, and gives it its users. */
  openStore: onEngine(async (engine, { input }) => {
    const { servers, companions, container, title, configure } = input;
    const [healthy = ""] = (await Promise.all(servers.map((gate) => passGate(engine, gate)))).slice(-1);
    if (configure !== "") await runInside(engine, container, title, configure);
    await Promise.all(companions.map((gate) => passGate(engine, gate)));
    await keepOnDisk(engine, container);
    return configure === "" ? healthy : `${healthy}; its users are there`;
  }),

  /** Waits until a server is healthy, unless it needs others for that which do not run yet. */
  awaitServer: onEngine(async (engine, { task, input: { prepare } }) => {
    const { quorum, ...gate } = task;
    if ((await countRunning(engine, gate.replica)) < quorum) return `${gate.title} waits for the others`;
    const healthy = await passGate(engine, gate);
    if (prepare !== "") await runInside(engine, gate.replica, gate.title, prepare);
    return healthy;
  }),

  /** Lets a server hand over what only one of them does; it is removed whether it can or not. */
  leaveStore: onEngine(async (engine, { task: { replica, title }, input: { leave } }) => {
    const { code, stdout } = await engine.attempt(["exec", "-i", replica, "sh", "-s"], {
      input: leave,
      seconds: longSeconds,
    });
    return code === 0 && stdout !== "" ? `${title}: ${stdout.trim()}` : `${title} has nothing to hand over`;
  }),

  /** The passwords of before stay when no new one is asked for. */
  makePasswords: printing(({ environment, before }) => {
    const { FLOTILLA_VERSION: version, FLOTILLA_PASSWORD: password = "" } = environment;
    return toJson(nextPasswords(before && fromJson(before), Number(version), password));
  }),
});

async function runInside(engine: Engine, container: string, title: string, script: string): Promise<void> {
  const { code, stderr } = await engine.inside(container, script, { user: "0", seconds: longSeconds });
  if (code !== 0) throw new Failure(`${title} cannot be set up.\n${stderr.trim()}`);
}

/** Counts the running servers of the datastore that a server belongs to. */
async function countRunning(engine: Engine, server: string): Promise<number> {
  const template = "{{json .Config.Labels}}";
  const [own = {}] = await inspectContainers<Record<string, string>>(engine, template, [server]);
  const { stack = "", store = "", role = "store" } = readLabels(own);
  const same = labelFilters({ stack, store, role });
  const running = await engine.run(["ps", "--quiet", "--filter=status=running", ...same]);
  return running.split("\n").filter((line) => line !== "").length;
}

/** The passwords after those of before; `given` is the user's own, or empty. */
export function nextPasswords(before: Passwords | undefined, version: number, given: string): Passwords {
  return { ...nextSecret(before, version, given), administrator: before?.administrator ?? makeText() };
}
