/** Something that listens. */
export interface Listener {
  port: number;
  /** Whether only its own machine, or its own container, reaches it. */
  isLocal: boolean;
}

const listening = "0A";
/** Addresses as the kernel writes them: the bytes of each group of four from last to first. */
const localAddress = /^(?:[0-9A-F]{6}7F|0{24}01000000|0{16}FFFF0000[0-9A-F]{6}7F)$/;
const everywhere = /^0+$/;
/** Docker's own DNS, which listens in every container. */
const engineAddress = /0B00007F$/;

/** Address, as the kernel writes it, and port of whatever listens, by its tables `/proc/net/tcp` and `/proc/net/tcp6`. */
function readListening(tables: string): { address: string; port: number }[] {
  return tables.split("\n").flatMap((line) => {
    const [, local = "", , state] = line.trim().split(/\s+/);
    const [address = "", port = ""] = local.split(":");
    return state === listening ? [{ address, port: parseInt(port, 16) }] : [];
  });
}

/** Lists what listens in a container. */
export function listListeners(tables: string): Listener[] {
  return readListening(tables)
    .filter(({ address }) => !engineAddress.test(address))
    .map(({ address, port }) => ({ port, isLocal: localAddress.test(address) }));
}

/** Whether something listens where `address:port` would. */
export function isListenedAt(tables: string, publish: string): boolean {
  const colon = publish.lastIndexOf(":");
  const wanted = toHex(publish.slice(0, colon));
  const port = Number(publish.slice(colon + 1));
  return readListening(tables).some(
    (each) =>
      each.port === port &&
      (everywhere.test(each.address) || everywhere.test(wanted) || each.address === wanted),
  );
}

/** An address as the kernel writes it: its bytes from last to first. */
export function toHex(address: string): string {
  return address
    .split(".")
    .reverse()
    .map((byte) => toDigits(Number(byte), 2))
    .join("");
}

/** An address and port as the kernel writes them. */
export function nameSocket(address: string, port: number): string {
  return `${toHex(address)}:${toDigits(port, 4)}`;
}

function toDigits(value: number, digits: number): string {
  return value.toString(16).toUpperCase().padStart(digits, "0");
}
