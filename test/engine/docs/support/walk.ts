// Walks through a guide in a clone of the project: the commands are those of the page, word by word.
import { mkdirSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, expect } from "vitest";
import { findCommands } from "../../../docs/support/commands";
import { readPage } from "../../../docs/support/pages";
import { splitCommands } from "../../../docs/support/shell";
import { commandsOf } from "../../../docs/support/where-run";
import { type Clone, createClone } from "../../support/clone";
import { findFreePort } from "../../support/ports";
import { type Running, start } from "../../support/processes";
import { record } from "../../support/rows";
import { removeEverything } from "../../support/workspace";
import { placeCommands } from "./place-commands";

/** What a command is given, and how it has to end. */
export interface Step {
  /** What stands for words of the page, such as `CONTAINER`. */
  with?: Record<string, string>;
  input?: string;
  /** Exit code. Defaults to 0. */
  code?: number;
}

/** A reader at work. */
export interface Walk {
  folder: string;
  /** Where a stack on the page's port 8080 answers. */
  url: string;
  /** The name that a stack of the page has here, because the page's may be somebody's. */
  stack: (name: string) => string;
  /** Value of the label `flotilla.stack` of a stack of the page. */
  label(name: string): string;
  write(file: string, text: string): void;
  /** Runs commands of a page; gives what they printed. */
  run(page: string, commands: string, step?: Step): Promise<string>;
  /** Starts commands of a page that go on. */
  start(page: string, commands: string): Running;
}

/** Makes a clone with stacks that nobody else has, each beginning as a file says; takes them down in the end. */
export function useWalk(stacks: Record<string, string>): () => Walk {
  const walked = new Set<string>();
  let walk: Walk | undefined;
  let clone: Clone | undefined;

  beforeAll(async () => {
    clone = await createClone();
    walk = makeWalk(clone, await findFreePort(), walked);
    const [port, monitoring] = [new URL(walk.url).port, String(await findFreePort())];
    for (const [name, text] of Object.entries(stacks)) {
      const placed = text.replaceAll("8080", port).replace(/port: 9[01]90$/m, `port: ${monitoring}`);
      walk.write(`Pulumi.${walk.stack(name)}.yaml`, placed);
    }
  });
  afterAll(async () => {
    if (clone === undefined || walk === undefined) return;
    for (const name of Object.keys(stacks)) await removeStack(clone, walk, name);
    clone.remove();
    const file = basename(expect.getState().testPath ?? "");
    expect(commandsOf(file).filter((command) => !walked.has(command))).toEqual([]);
  });
  return () => {
    if (walk === undefined) throw new Error("The clone is made before the tests.");
    return walk;
  };
}

function makeWalk(clone: Clone, port: number, walked: Set<string>): Walk {
  const { folder } = clone;
  const stack = (name: string) => `walk-${name}-${process.pid}`;
  const begin = (page: string, commands: string, { with: words = {}, input = "" }: Step = {}) => {
    const known = findCommands(readPage(page)).map((each) => each.join(" "));
    const wanted = splitCommands(commands).map((each) => each.join(" "));
    expect(known, `${page} has the command`).toEqual(expect.arrayContaining(wanted));
    for (const each of wanted) walked.add(each);
    const script = placeCommands(commands, { stack, port, words });
    const piped = input === "" ? script : `printf '%s' "$INPUT" | { ${script}\n}`;
    return start("sh", ["-c", piped], folder, { ...clone.environment(), INPUT: input });
  };
  return {
    folder,
    url: `http://localhost:${port}`,
    stack,
    label: (name) => `flotilla/${stack(name)}`,
    write: (file, text) => {
      mkdirSync(dirname(join(folder, file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    },
    start: begin,
    run: async (page, commands, step = {}) => {
      const { code, text, seconds } = await begin(page, commands, step).ended;
      const held = code === (step.code ?? 0);
      const operation = `${page}: ${commands.trim().replaceAll("\n", "; ")}`;
      record({ operation, requests: 0, failed: 0, seconds, held, note: `exit code ${String(code)}` });
      expect(code, text).toBe(step.code ?? 0);
      return text;
    },
  };
}

/** Leaves nothing behind, volumes with data included: the walk has made them. */
async function removeStack(clone: Clone, walk: Walk, name: string): Promise<void> {
  const down = await clone.npm("down", walk.stack(name), "--yes", "--volumes");
  const left = await removeEverything(walk.label(name));
  expect({ errors: down.errors, left }).toEqual({ errors: [], left: [] });
}
