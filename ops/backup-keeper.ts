import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Answer } from "../backup/io/server";
import { files } from "../backup/settings";

/** The container that keeps the backups of a datastore. */
export interface Keeper {
  ask(command: string, argument: string): Promise<Answer>;
}

/** There is no such container, or it does not run. */
export class NoKeeper extends Error {}

/** Finds the container that keeps the backups of a datastore. */
export async function findKeeper(
  folder: string,
  stack: string,
  store: string,
  environment: NodeJS.ProcessEnv,
): Promise<Keeper> {
  const host = readHost(folder, stack);
  const env = host === undefined ? environment : { ...environment, DOCKER_HOST: host };
  const label = `flotilla.stack=${readProject(folder)}/${stack.split("/").at(-1) ?? ""}`;
  const filters = [`--filter=label=${label}`, "--filter=label=flotilla.role=store-backup"];
  const format = '--format={{.Label "flotilla.store"}} {{.Names}} {{.State}}';
  const { code, stdout, stderr } = await runDocker(["ps", "--all", format, ...filters], env);
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
      const done = await runDocker(["exec", container, "node", files.program, command, argument], env);
      try {
        return JSON.parse(done.stdout) as Answer;
      } catch {
        return { ok: false, fault: `${container} does not answer: ${(done.stderr || done.stdout).trim()}` };
      }
    },
  };
}

function readProject(folder: string): string {
  const text = readFileSync(join(folder, "Pulumi.yaml"), "utf8");
  return /^name: *"?([\w.-]+)/m.exec(text)?.[1] ?? "";
}

/** The engine's address, where the stack's settings have one. */
function readHost(folder: string, stack: string): string | undefined {
  const file = join(folder, `Pulumi.${stack.split("/").at(-1) ?? ""}.yaml`);
  if (!existsSync(file)) return undefined;
  return /^ *"?docker:host"?: *"?([^\s"',]+)/m.exec(readFileSync(file, "utf8"))?.[1];
}

function runDocker(
  args: string[],
  env: NodeJS.ProcessEnv,
): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    const options = { env, maxBuffer: 64 * 1024 * 1024, windowsHide: true };
    execFile("docker", args, options, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : 1, stdout, stderr: stderr || (error?.message ?? "") });
    });
  });
}
