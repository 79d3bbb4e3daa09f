import { perform, readBefore, readInput, readTask } from "./process";
import { type Engine, Failure, labelFilters, longSeconds } from "../engine/client";
import { passGate, type Gate } from "./gate";
import { makeText, nextSecret, type VersionedSecret } from "./secret";

/** A datastore that shall be used. */
interface StoreTask {
  /** Its servers, which have to be healthy. */
  servers: Gate[];
  /** What stands in front of them or beside them, and may need the users to be healthy. */
  companions: Gate[];
  /** Name of the container that the shell script is for. */
  container: string;
  title: string;
  /** Shell script that makes the users, and holds their passwords. */
  configure: string;
}

/** Waits until a datastore is healthy, and gives it its users. */
export function openStore(): void {
  void perform(async (engine) => {
    const { servers, companions, container, title, configure } = readInput() as StoreTask;
    const [healthy = ""] = (await Promise.all(servers.map((gate) => passGate(engine, gate)))).slice(-1);
    if (configure !== "") await runInside(engine, container, title, configure);
    await Promise.all(companions.map((gate) => passGate(engine, gate)));
    return configure === "" ? healthy : `${healthy}; its users are there`;
  });
}

async function runInside(engine: Engine, container: string, title: string, script: string): Promise<void> {
  const { code, stderr } = await engine.inside(container, script, { asRoot: true, seconds: longSeconds });
  if (code !== 0) throw new Failure(`${title} cannot be set up.\n${stderr.trim()}`);
}

/** A server that others of its datastore wait for. */
interface ServerTask extends Gate {
  /** Number of servers that must run before one of them can be healthy. */
  quorum: number;
}

/** Shell scripts for such a server, which may hold passwords. */
interface ServerScripts {
  /** For when it is healthy. */
  prepare: string;
  /** For when it is removed. */
  leave: string;
}

/** Waits until a server is healthy, unless it needs others for that which do not run yet. */
export function awaitServer(): void {
  void perform(async (engine) => {
    const { quorum, ...gate } = readTask() as ServerTask;
    const { prepare } = readInput() as ServerScripts;
    if ((await countRunning(engine, gate.replica)) < quorum) return `${gate.title} waits for the others`;
    const healthy = await passGate(engine, gate);
    if (prepare !== "") await runInside(engine, gate.replica, gate.title, prepare);
    return healthy;
  });
}

/** Lets a server hand over what only one of them does; it is removed whether it can or not. */
export function leaveStore(): void {
  void perform(async (engine) => {
    const { replica, title } = readTask() as Gate;
    const { leave } = readInput() as ServerScripts;
    const { code, stdout } = await engine.attempt(["exec", "-i", replica, "sh", "-s"], {
      input: leave,
      seconds: longSeconds,
    });
    return code === 0 && stdout !== "" ? `${title}: ${stdout.trim()}` : `${title} has nothing to hand over`;
  });
}

/** Counts the running servers of the datastore that a server belongs to. */
async function countRunning(engine: Engine, server: string): Promise<number> {
  const own = await engine.run(["inspect", "--type=container", "--format={{json .Config.Labels}}", server]);
  const found = JSON.parse(own) as Record<string, string | undefined>;
  const labels = ["flotilla.stack", "flotilla.store", "flotilla.role"];
  const same = labelFilters(Object.fromEntries(labels.map((label) => [label, found[label] ?? ""])));
  const running = await engine.run(["ps", "--quiet", "--filter=status=running", ...same]);
  return running.split("\n").filter((line) => line !== "").length;
}

/** The passwords of a datastore, as the state keeps them. */
interface Passwords extends VersionedSecret {
  administrator: string;
}

/** Prints the passwords of a datastore; the one before stays when a new one is asked for. */
export function makePasswords(): void {
  const version = Number(process.env.FLOTILLA_VERSION);
  const given = process.env.FLOTILLA_PASSWORD ?? "";
  const before = readBefore() as Passwords | undefined;
  process.stdout.write(JSON.stringify(nextPasswords(before, version, given)));
}

/** The passwords after those of before; `given` is the user's own, or empty. */
export function nextPasswords(before: Passwords | undefined, version: number, given: string): Passwords {
  return { ...nextSecret(before, version, given), administrator: before?.administrator ?? makeText() };
}
