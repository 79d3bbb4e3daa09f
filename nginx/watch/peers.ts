import fs from "fs";
import { controlPort } from "../control-port";
import { loneAddress, ownPlace } from "../own-place";

/** The address of this balancer at the control port. */
export function ownAddress(): string {
  try {
    return fs.readFileSync(ownPlace.address, "utf8").trim();
  } catch {
    return loneAddress;
  }
}

/** Asks the other balancers that share this one's network; those that do not answer are left out. */
export async function askPeers(path: string): Promise<string[]> {
  const own = ownAddress();
  const others = findAddresses(fs.readFileSync("/proc/net/tcp", "utf8")).filter((address) => address !== own);
  const answers = await Promise.all(
    others.map(async (address) => {
      try {
        const answer = await ngx.fetch(`http://${address}:${controlPort}${path}`);
        return answer.status === 200 ? await answer.text() : undefined;
      } catch {
        return undefined;
      }
    }),
  );
  return answers.filter((text): text is string => text !== undefined);
}

/** Addresses at which something listens at the control port, by the kernel's table. */
export function findAddresses(table: string): string[] {
  const port = controlPort.toString(16).toUpperCase().padStart(4, "0");
  const found = [...table.matchAll(/: ([0-9A-F]{2})00007F:([0-9A-F]{4}) [0-9A-F:]+ 0A /g)]
    .filter(([, , at]) => at === port)
    .map(([, last = ""]) => `127.0.0.${parseInt(last, 16)}`);
  return [...new Set(found)];
}
