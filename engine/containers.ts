import { type Engine, Failure, isMissing, type Outcome } from "./client";

/** Reads what the engine knows of these containers, by a template that gives JSON; fails where one is gone. */
export async function inspectContainers<Value>(
  engine: Engine,
  template: string,
  containers: string[],
): Promise<Value[]> {
  if (containers.length === 0) return [];
  return parseLines(await engine.run(["inspect", "--type=container", `--format=${template}`, ...containers]));
}

/** The same of those that are not gone. */
export async function inspectPresent<Value>(
  engine: Engine,
  template: string,
  containers: string[],
): Promise<Value[]> {
  if (containers.length === 0) return [];
  const args = ["inspect", "--type=container", `--format=${template}`, ...containers];
  const { code, stdout, stderr } = await engine.attempt(args);
  if (code !== 0 && !stderr.trim().split("\n").every(isMissing))
    throw new Failure(`docker inspect failed: ${stderr.trim()}`);
  return parseLines(stdout);
}

/** The last lines that a container has logged; an empty text where there is none. */
export async function readLog(engine: Engine, container: string, lines: number): Promise<string> {
  const { stdout, stderr } = await engine.attempt(["logs", `--tail=${lines}`, container]);
  return `${stdout}${stderr}`.trim();
}

/** Has a container end by itself for so many seconds, and ends it then; does not throw when that fails. */
export function stopContainer(engine: Engine, container: string, seconds: number): Promise<Outcome> {
  return engine.attempt(["stop", `--time=${seconds}`, container], { seconds: seconds + 60 });
}

/** Limits the processes of containers, for which a provider has no field; gives what the engine says where it does not. */
export async function setProcessLimit(
  engine: Engine,
  processes: number,
  containers: string[],
): Promise<string | undefined> {
  const limit = () => engine.attempt(["update", `--pids-limit=${processes}`, ...containers]);
  // One that ends at this very moment takes no limit, but the next time that it is started it does.
  const { code, stderr } = await limit().then((first) => (first.code === 0 ? first : limit()));
  return code === 0 ? undefined : stderr.trim();
}

function parseLines<Value>(text: string): Value[] {
  const lines = text.split("\n").filter((line) => line !== "");
  return lines.map((line) => JSON.parse(line) as Value);
}

/** Whether a container's user is root, as it also is where nobody says another one. */
export function isRootUser(user: string): boolean {
  return /^(?:root|0+)?(?::|$)/.test(user);
}
