import { execFile } from "node:child_process";
import { resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll } from "vitest";
import standIns from "../../../tools/sealed/images.cjs";
import { docker, dockerLines, until } from "../support/engine";

const label = `flotilla.test=sealed-${process.pid}`;

/** An image that something may stand in for. */
export type StandIn = (typeof standIns)[number];

/** The entry of an image in the table, and its full name. */
export function findStandIn(name: string): { image: string; standIn: StandIn } {
  const standIn = standIns.find((each) => each.name === name);
  if (standIn === undefined) throw new Error(`There is no stand-in for ${name}.`);
  return { image: `${name}:${standIn.tag}`, standIn };
}

/** Sees to it that the engine has the images, pulled or made. */
export async function provide(...names: string[]): Promise<void> {
  const setup = resolve(__dirname, "../../../tools/sealed/setup");
  await promisify(execFile)("sh", [setup, "image", ...names]);
}

/** Why rights are not tried where MongoDB is a stand-in. */
export const noRights = "the stand-in for MongoDB, FerretDB, lets every user do everything";

/** Whether an image that the engine has is a stand-in. */
export async function isStandIn(image: string): Promise<boolean> {
  const format = '--format={{index .Config.Labels "flotilla.stand-in"}}';
  return (await docker("image", "inspect", format, image)) === "true";
}

/** Starts a container that is removed after the tests; gives its id. */
export function start(options: string[], image: string, ...command: string[]): Promise<string> {
  return docker("run", "--detach", `--label=${label}`, ...options, image, ...command);
}

/** Runs a container to its end, with options first; gives what it printed. */
export function runIn(...args: string[]): Promise<string> {
  return docker("run", "--rm", `--label=${label}`, ...args);
}

/** Runs a command of the shell in a container; gives what it printed. */
export function shellIn(container: string, script: string): Promise<string> {
  return docker("exec", container, "sh", "-c", script);
}

/** Waits until a command, which may fail before, prints a text. */
export function untilPrinted(what: string, wanted: string, ask: () => Promise<string>): Promise<number> {
  return until(what, async () => (await ask().catch(() => undefined)) === wanted);
}

/** Address that a port of a container is published at. */
export async function publishedAt(container: string, port: number): Promise<string> {
  const [address = ""] = await dockerLines("port", container, `${port}/tcp`);
  return `http://${address}`;
}

/** Removes what the tests of a file have started. */
export function useContainers(): void {
  afterAll(async () => {
    const ids = await dockerLines("ps", "--all", "--quiet", `--filter=label=${label}`);
    if (ids.length > 0) await docker("rm", "--force", "--volumes", ...ids);
    const networks = await dockerLines("network", "ls", "--quiet", `--filter=label=${label}`);
    if (networks.length > 0) await docker("network", "rm", ...networks);
  });
}

/** Makes a network that is removed after the tests. */
export function createNetwork(name: string): Promise<string> {
  return docker("network", "create", `--label=${label}`, `flotilla-sealed-${name}-${process.pid}`);
}
