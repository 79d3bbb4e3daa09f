import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { composeShell } from "../../engine/shell";
import { places } from "../../nginx/places";
import { Failure } from "../failure";
import { runningBalancers } from "./parts";

/** Requests of a pool that wait because an operator holds them. */
export interface Held {
  pool: string;
  /** Seconds since 1970 at which they go on by themselves. */
  until: number;
}

/** Prints each pool whose requests a balancer holds, with the second at which that ends. */
export const heldScript = `for file in ${places.held}*; do if [ -f "$file" ]; then echo "held \${file#${places.held}} $(cat "$file")"; fi; done`;

/** Reads what that prints. */
export function readHeld(printed: string): Held[] {
  return [...printed.matchAll(/^held (\S+) (\d+)$/gm)].map(([, pool = "", until]) => ({
    pool,
    until: Number(until),
  }));
}

const holdScript = `
if grep -q -F "${places.held}$pool)" ${places.live}/nginx.conf; then
  until=$(($(date +%s) + seconds))
  echo "$until" >"${places.held}$pool.new"
  mv "${places.held}$pool.new" "${places.held}$pool"
  echo "held $pool $until"
elif grep -q "^ *upstream $pool {" ${places.live}/nginx.conf; then echo never
fi`;

/** Removes the file when its time has come, whatever has become of who held; not one that says another time. */
const releaseScript = `sleep "$seconds"; [ "$(cat "${places.held}$pool")" != "$until" ] || rm -f "${places.held}$pool"`;

/** Has all balancers that give requests to a pool hold them; gives these balancers. */
export async function holdPool(
  engine: Engine,
  parts: Part[],
  { pool, seconds }: { pool: string; seconds: number },
): Promise<Part[]> {
  const asked = await Promise.all(
    runningBalancers(parts).map(async (part) => {
      const { code, stdout, stderr } = await engine.inside(
        part.id,
        composeShell({ pool, seconds }, holdScript),
      );
      if (code !== 0)
        throw new Failure(`The ${part.title} does not hold requests: ${(stderr || stdout).trim()}`);
      return { part, held: readHeld(stdout), cannot: stdout.includes("never") };
    }),
  );
  const holding = asked.flatMap(({ part, held }) => held.map(({ until }) => ({ part, until })));
  for (const { part, until } of holding) {
    const release = composeShell({ pool, seconds: seconds + 1, until }, releaseScript);
    await engine.run(["exec", "--detach", part.id, "sh", "-c", release]);
  }
  if (holding.length > 0) return holding.map(({ part }) => part);
  throw new Failure(
    asked.some(({ cannot }) => cannot)
      ? `Requests of ${pool} must be such that can wait: they are calls by gRPC, or uploads that are passed on as they come, or balancing.holdSeconds of the pool is 0. Nothing was held.`
      : `A balancer must run that gives requests to ${pool}, got none. Nothing was held.`,
  );
}

/** Lets go on what is held; gives the balancers that held, and the pools. */
export async function release(engine: Engine, parts: Part[]): Promise<{ parts: Part[]; pools: string[] }> {
  const asked = await Promise.all(
    runningBalancers(parts).map(async (part) => {
      const { stdout } = await engine.inside(part.id, `${heldScript}\nrm -f ${places.held}*`);
      return { part, pools: readHeld(stdout).map(({ pool }) => pool) };
    }),
  );
  const held = asked.filter(({ pools }) => pools.length > 0);
  return {
    parts: held.map(({ part }) => part),
    pools: [...new Set(held.flatMap(({ pools }) => pools))],
  };
}
