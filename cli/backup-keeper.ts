import { files } from "../backup/settings";
import { labelFilters, longSeconds } from "../engine/client";
import { labelOf, findEngine } from "./data-volumes";
import type { Answer } from "../backup/answers";

/** The container that keeps the backups of a datastore. */
export interface Keeper {
  ask(command: string, argument: string): Promise<Answer>;
}

/** There is no such container, or it does not run. */
export class NoKeeper extends Error {}

/** Finds the container that keeps the backups of a datastore. */
export async function findKeeper(
  stack: string,
  store: string,
  environment: NodeJS.ProcessEnv,
): Promise<Keeper> {
  const engine = await findEngine(stack, environment);
  const filters = labelFilters({ "flotilla.stack": labelOf(stack), "flotilla.role": "store-backup" });
  const format = '--format={{.Label "flotilla.store"}} {{.Names}} {{.State}}';
  const { code, stdout, stderr } = await engine.attempt(["ps", "--all", format, ...filters]);
  if (code !== 0) throw new NoKeeper(`Docker cannot be asked: ${stderr.trim()} Run npm run doctor.`);
  const lines = stdout.split("\n").filter((line) => line !== "");
  const known = lines.map((line) => line.split(" ")[0] ?? "");
  const [, container = "", state] =
    lines.map((line) => line.split(" ")).find(([name]) => name === store) ?? [];
  if (container === "")
    throw new NoKeeper(
      `The stack ${stack} has no backups of a datastore "${store}". ${
        known.length === 0
          ? "It has none of any datastore: set `backup` in its settings, and deploy."
          : `It has backups of ${known.join(", ")}.`
      }`,
    );
  if (state !== "running")
    throw new NoKeeper(
      `The container ${container} is ${state ?? "gone"}. Start it: docker start ${container}`,
    );
  return {
    ask: async (command, argument) => {
      const exec = ["exec", container, "node", files.program, command, argument];
      const done = await engine.attempt(exec, { seconds: longSeconds });
      try {
        return JSON.parse(done.stdout) as Answer;
      } catch {
        return { ok: false, fault: `${container} does not answer: ${(done.stderr || done.stdout).trim()}` };
      }
    },
  };
}
