import { type Engine, Failure, type InsideOptions } from "../engine/client";
import { renderCommand } from "../engine/shell";
import { fleetOf } from "./fleet-of";
import type { BalancerPlace } from "./tasks";
import { renderOwnScripts, renderTransaction, type Change } from "./transaction";

/** Names of the running balancers of a title: those that share a front before the front, or those that are on their own. */
export function findBalancers(engine: Engine, place: BalancerPlace): Promise<string[]> {
  return fleetOf(engine).findBalancers(place);
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
  const { code, stdout, stderr } = await fleetOf(engine).inside(container, script, {
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
 * Changes the configuration of several balancers as one: where one that still runs does not take it, this fails, and whoever
 * began it puts back what the others have. Gives false when there was nothing to change in any.
 */
export async function changeAll(
  engine: Engine,
  balancers: string[],
  edits: string,
  change: Change = {},
): Promise<boolean> {
  const [only] = balancers;
  if (only !== undefined && balancers.length === 1) return changeConfiguration(engine, only, edits, change);
  const outcomes = await Promise.allSettled(
    balancers.map(async (balancer) => {
      try {
        return await changeConfiguration(engine, balancer, edits, change);
      } catch (error) {
        // Who begins anew takes what the others have.
        if (await fleetOf(engine).isRunning(balancer)) throw error;
        return false;
      }
    }),
  );
  const refused = outcomes.find((outcome) => outcome.status === "rejected");
  if (refused !== undefined) throw refused.reason as Error;
  return outcomes.some((outcome) => outcome.status === "fulfilled" && outcome.value);
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
  const { code, stdout, stderr } = await fleetOf(engine).inside(container, renderTransaction(edits, change), {
    seconds: transactionSeconds,
  });
  if (code === 0) return stdout.trim() !== "unchanged";
  const reason = (stderr || stdout).trim();
  throw new Failure(
    `The balancer "${container}" did not take the new configuration; the last good one stays.\n${reason}`,
  );
}
