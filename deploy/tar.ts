/** A folder, whose path ends with a slash, or a file. */
export interface TarEntry {
  path: string;
  content?: Buffer;
  /** When it was changed, in seconds since the epoch. */
  seconds?: number;
  /** Numbers of the user and group that it belongs to; root's when left out. */
  owner?: { user: number; group: number };
  /** Rights to it; when left out, everybody reads it and its owner writes it. */
  mode?: number;
}

const blockBytes = 512;

/** Packs files into an archive that every `tar` reads. */
export function packTar(entries: TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(packEntry), Buffer.alloc(2 * blockBytes)]);
}

function packEntry(entry: TarEntry): Buffer[] {
  const { path, content } = entry;
  const name = Buffer.from(path);
  const body = content ?? Buffer.alloc(0);
  const type = content === undefined ? "5" : "0";
  const own = [packHeader(name.subarray(0, 100), body.length, type, entry), ...pad(body)];
  // A header has room for no more; what is longer goes ahead in an entry of its own.
  if (name.length <= 100) return own;
  const record = renderRecord(path);
  return [packHeader(Buffer.from("path"), record.length, "x", { path }), ...pad(record), ...own];
}

/** The record of a path, which starts with its own length. */
function renderRecord(path: string): Buffer {
  const rest = ` path=${path}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length += 1;
  return Buffer.from(`${length}${rest}`);
}

function packHeader(
  name: Buffer,
  bytes: number,
  type: string,
  { seconds = 0, owner, mode = type === "5" ? 0o755 : 0o644 }: TarEntry,
): Buffer {
  const header = Buffer.alloc(blockBytes);
  const number = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, "0"), at);
  };
  name.copy(header);
  number(mode, 100, 7);
  number(owner?.user ?? 0, 108, 7);
  number(owner?.group ?? 0, 116, 7);
  number(bytes, 124, 11);
  number(seconds, 136, 11);
  header.write("        ", 148);
  header.write(type, 156);
  header.write("ustar\u000000", 257);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return header;
}

function pad(content: Buffer): Buffer[] {
  const rest = content.length % blockBytes;
  return rest === 0 ? [content] : [content, Buffer.alloc(blockBytes - rest)];
}
