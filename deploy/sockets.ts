/** Something that listens. */
export interface Listener {
  port: number;
  /** Whether only its own machine, or its own container, reaches it. */
  isLocal: boolean;
}

const listening = "0A";
/** Addresses as the kernel writes them: the bytes of each group of four from last to first. */
const localAddress = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
/** Docker's own DNS, which listens in every container. */
const engineAddress = /0B00007F$/;

/** What listens, by the kernel's tables of sockets, `/proc/net/tcp` and `/proc/net/tcp6`. */
export function listListeners(tables: string): Listener[] {
  return tables.split("\n").flatMap((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    if (state !== listening || engineAddress.test(address)) return [];
    return [{ port: parseInt(port, 16), isLocal: localAddress.test(address) }];
  });
}
