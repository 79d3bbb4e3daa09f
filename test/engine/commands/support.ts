import { execFile } from "node:child_process";
import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect } from "vitest";
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

/** A stack like dev in a clone of its own, with two replicas of api, and the commands on it. */
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

/** Gives the tests of a file a stack, deployed before the first of them; `further` are lines of its settings beside those of dev, of which one may have a port. */
export function useCommandStack(
  name: string,
  further: (port: number) => string = () => "",
): () => CommandStack {
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

async function createStack(stack: string, further: (port: number) => string): Promise<CommandStack> {
  const label = `flotilla/${stack}`;
  const clone = await createClone();
  const port = await findFreePort();
  const file = join(clone.folder, `Pulumi.${stack}.yaml`);
  cpSync(join(clone.folder, "Pulumi.dev.yaml"), file);
  const settings = readFileSync(file, "utf8").replace(/port: 8080/, `port: ${port}`);
  writeFileSync(file, `${settings}${further(await findFreePort())}`);

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
