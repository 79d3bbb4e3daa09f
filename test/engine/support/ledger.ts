import type { Execution } from "../../load/ledger";
import { docker, dockerLines } from "./engine";

/** Where an application notes which requests it carried out. */
export interface Ledger {
  /** What it noted of a load. */
  read(load: string): Promise<Execution[]>;
}

/** Folder of the ledger in each replica. */
export const ledgerFolder = "/ledger";
/** In a stack's settings it stands for the name of the stack's own volume. */
export const ledgerVolume = "ledger-of-the-stack";

const ledgers = new Map<number, Ledger>();

/** Makes a ledger known to the rows whose load goes to a port. */
export function keepLedger(port: number, ledger: Ledger): void {
  ledgers.set(port, ledger);
}

/** The ledger of what answers at an address; undefined where the application keeps none. */
export function findLedger(url: string): Ledger | undefined {
  return ledgers.get(Number(new URL(url).port));
}

/** A ledger in a volume, which outlives the replicas that write to it. */
export function readLedgerVolume(volume: string): Ledger {
  return {
    read: async (load) => {
      // Where nothing was noted, grep ends with 1.
      const script = [
        `cd ${ledgerFolder}`,
        `{ grep -rH '^${load}-' . || [ $? = 1 ]; }`,
        // What is carried out once, whichever replica gets it, has a folder instead of a line.
        `{ ls .once 2>/dev/null | sed -n 's|^${load}-|./once-0:&|p'; }`,
      ].join(" && ");
      const [container] = await dockerLines("ps", "--quiet", `--filter=volume=${volume}`);
      const text =
        container === undefined
          ? await docker(
              "run",
              "--rm",
              `--volume=${volume}:${ledgerFolder}`,
              "node:24-slim",
              "sh",
              "-c",
              script,
            )
          : await docker("exec", container, "sh", "-c", script);
      return text
        .split("\n")
        .filter((line) => line !== "")
        .map(parseLine);
    },
  };
}

/** A line of grep: the file, which is named by the container and the time, and the id. */
function parseLine(line: string): Execution {
  const [, place, number] = /^\.\/([^:]+)-\d+:\w+-(\d+)$/.exec(line) ?? [];
  if (place === undefined) throw new Error(`This is no line of a ledger: ${line}`);
  return { place, number: Number(number) };
}
