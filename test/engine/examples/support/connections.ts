import { docker } from "../../support/engine";

/** A connection, as the kernel of a container tells of it. */
export interface Connection {
  localPort: number;
  remotePort: number;
  /** Whether the other end is in the same container. */
  isInside: boolean;
  isOpen: boolean;
}

const entry = /^ *\d+: [0-9A-F]{8}:([0-9A-F]{4}) ([0-9A-F]{8}):([0-9A-F]{4}) ([0-9A-F]{2}) /;

/** All TCP connections that a container's kernel knows, also those that were just closed. */
export async function listConnections(container: string): Promise<Connection[]> {
  const table = await docker("exec", container, "cat", "/proc/net/tcp");
  return table.split("\n").flatMap((line) => {
    const [, local, address, remote, state] = entry.exec(line) ?? [];
    if (local === undefined || remote === undefined) return [];
    return {
      localPort: parseInt(local, 16),
      remotePort: parseInt(remote, 16),
      isInside: address === "0100007F",
      isOpen: state === "01",
    };
  });
}
