import { type Engine, Failure, type InsideOptions } from "../engine/client";
import { labelField, labelFilters, type Labels, readListedLabels } from "../engine/labels";
import { renderCommand } from "../engine/shell";
import type { BalancerPlace } from "./tasks";
import { renderOwnScripts, renderTransaction, type Change } from "./transaction";

/** Names, newest first, of the containers with some labels, on a network where one is said. */
export async function findContainers(
  engine: Engine,
  labels: Labels,
  network: string | undefined,
  { filters = [], all = false }: { filters?: string[]; all?: boolean } = {},
): Promise<string[]> {
  const output = await engine.run([
    "ps",
    ...(all ? ["--all"] : []),
    "--no-trunc",
    "--format={{.Names}}",
    ...labelFilters(labels),
    ...(network === undefined ? [] : [`--filter=network=${network}`]),
    ...filters.map((filter) => `--filter=${filter}`),
  ]);
  return output.split("\n").filter((line) => line !== "");
}

/** A container that is on a network with others. */
export interface Neighbour {
  name: string;
  /** Its state, in Docker's word. */
  state: string;
  labels: Labels;
}

/** Lists all containers on a network, the newest first. */
export async function listAround(engine: Engine, network: string): Promise<Neighbour[]> {
  const format = "--format={{.Names}}\t{{.State}}\t{{.Labels}}";
  const output = await engine.run(["ps", "--all", "--no-trunc", format, `--filter=network=${network}`]);
  return output.split("\n").flatMap((line) => {
    const [name = "", state = "", labels] = line.split("\t");
    return labels === undefined ? [] : [{ name, state, labels: readListedLabels(labels) }];
  });
}

/**
 * Names of the running containers of a balancer: those that share a front, the newest first, and then what is on the network: the
 * front, or the only one.
 */
export async function findBalancers(engine: Engine, { balancer, network }: BalancerPlace): Promise<string[]> {
  const format = `--format={{.Names}}\t{{.Networks}}\t${labelField("shares")}`;
  const filters = labelFilters({ role: "balancer", balancer });
  const rows = (await engine.run(["ps", "--no-trunc", format, ...filters]))
    .split("\n")
    .map((line) => line.split("\t"));
  const sharing = rows.filter(([, , shares]) => shares === network);
  const joined = rows.filter(([, networks = ""]) => networks.split(",").includes(network));
  return [...sharing, ...joined].map(([name = ""]) => name);
}

/** Seconds that a change of the configuration may take: others may have to end first, and each waits for Nginx. */
const transactionSeconds = 300;

/** Runs a shell script in the balancer's container and gives what it printed. */
export async function inBalancer(
  engine: Engine,
  container: string,
  script: string,
  options: InsideOptions = {},
): Promise<string> {
  const { code, stdout, stderr } = await engine.inside(container, script, {
    seconds: transactionSeconds,
    ...options,
  });
  if (code !== 0) throw new Failure(`docker exec -i failed: ${(stderr || stdout).trim()}`);
  return stdout.trim();
}

/** File of a configuration that says which stopped containers the balancer was told of. */
export const startedFile = "started";

/** A shell command of `write.sh` that writes text to a file. */
export function renderFile(file: string, text: string): string {
  return renderCommand("write", file, text);
}

/** Shell commands that write all files of a configuration but the members. */
export function renderSettings(settings: string, files: Record<string, string>): string {
  const written = { "nginx.conf": settings, ...files, ...renderOwnScripts() };
  return Object.entries(written)
    .map(([file, text]) => renderFile(`next/${file}`, text))
    .join("\n");
}

/** Shell commands that write the replicas of an upstream. */
export function renderMembers(upstream: string, lines: string[]): string {
  return renderFile(`next/members/${upstream}.list`, lines.map((line) => `${line}\n`).join(""));
}

/**
 * Changes the configuration as one step: prepared beside the live one, checked by \`nginx -t\`, made live, and proven by
 * Nginx answering with the new generation. Where one of these fails, the last good configuration is live again.
 * Gives false when there was nothing to change.
 */
export async function changeConfiguration(
  engine: Engine,
  container: string,
  edits: string,
  change: Change = {},
): Promise<boolean> {
  const { code, stdout, stderr } = await engine.inside(container, renderTransaction(edits, change), {
    seconds: transactionSeconds,
  });
  if (code === 0) return stdout.trim() !== "unchanged";
  const reason = (stderr || stdout).trim();
  throw new Failure(
    `The balancer "${container}" did not take the new configuration; the last good one stays.\n${reason}`,
  );
}
