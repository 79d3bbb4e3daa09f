import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
import { parse, stringify } from "yaml";
import { root } from "../../docs/support/pages";
import { type Clone, createClone } from "../support/clone";
import { findFreePort } from "../support/ports";
import { removeEverything } from "../support/workspace";

const run = promisify(execFile);

/** How a command ended, with what it printed. */
export interface Printed {
  code: number;
  stdout: string;
  stderr: string;
}

/** A stack with the pools of dev in a clone of its own, with two replicas of api, and the commands on it. */
export interface CommandStack {
  clone: Clone;
  stack: string;
  label: string;
  url: string;
  /** The words of a command behind `npm`. */
  line(command: string, words: string[]): string[];
  npm(command: string, ...words: string[]): Promise<Printed>;
  /** Runs a command that tells programs something; gives that. */
  read<Told>(command: string, ...words: string[]): Promise<Told>;
  remove(): Promise<void>;
}

/** Settings of a stack beside its pools and its balancer, of which one may have a port. */
type Further = (port: number) => Record<string, unknown>;

/** The pools and the balancer of dev, without what takes longer to be deployed than the commands that are tried. */
function poolsOfDev(port: number): Record<string, unknown> {
  const { config } = parse(readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")) as DevFile;
  const { "flotilla:pools": pools, "flotilla:balancer": balancer } = config;
  for (const pool of Object.values(pools)) Reflect.deleteProperty(pool, "stores");
  return { pools, balancer: { ...balancer, port } };
}

interface DevFile {
  config: { "flotilla:pools": Record<string, Record<string, unknown>>; "flotilla:balancer": object };
}

/** Gives the tests of a file a stack, deployed before the first of them. */
export function useCommandStack(name: string, further: Further = () => ({})): () => CommandStack {
  let own: CommandStack | undefined;
  beforeAll(async () => {
    own = await createStack(`${name}-${process.pid}`, further);
    expect(await own.clone.npm("up", own.stack, "--replicas=api=2")).toMatchObject({ ok: true, errors: [] });
  });
  afterAll(() => own?.remove());
  return () => {
    if (own === undefined) throw new Error("The stack is there when the first test begins.");
    return own;
  };
}

async function createStack(stack: string, further: Further): Promise<CommandStack> {
  const label = `flotilla/${stack}`;
  const clone = await createClone();
  const port = await findFreePort();
  const settings = { ...poolsOfDev(port), ...further(await findFreePort()) };
  const config = Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`flotilla:${key}`, value]),
  );
  writeFileSync(join(clone.folder, `Pulumi.${stack}.yaml`), stringify({ config }));

  const line = (command: string, words: string[]): string[] => [
    ...["run", "--silent", command, "--", `--stack=${stack}`],
    ...words,
  ];
  const npm = (command: string, ...words: string[]): Promise<Printed> =>
    run("npm", line(command, words), { cwd: clone.folder, env: clone.environment() }).then(
      (ended) => ({ code: 0, ...ended }),
      (error: unknown) => error as Printed,
    );
  return {
    ...{ clone, stack, label, url: `http://localhost:${port}`, line, npm },
    read: async <Told>(command: string, ...words: string[]) =>
      JSON.parse((await npm(command, "--json", ...words)).stdout) as Told,
    remove: async () => {
      await clone.npm("down", stack, "--volumes", "--yes").catch(() => undefined);
      await removeEverything(label);
      clone.remove();
    },
  };
}
