/** A folder, whose path ends with a slash, or a file. */
export interface TarEntry {
  path: string;
  content?: Buffer;
  /** When it was changed, in seconds since the epoch. */
  seconds?: number;
}

const blockBytes = 512;

/** Packs files into an archive that every `tar` reads, as everybody's to read and root's to write. */
export function packTar(entries: TarEntry[]): Buffer {
  return Buffer.concat([...entries.flatMap(packEntry), Buffer.alloc(2 * blockBytes)]);
}

function packEntry({ path, content, seconds = 0 }: TarEntry): Buffer[] {
  const name = Buffer.from(path);
  const body = content ?? Buffer.alloc(0);
  const type = content === undefined ? "5" : "0";
  const own = [packHeader(name.subarray(0, 100), body.length, seconds, type), ...pad(body)];
  // A header has room for no more; what is longer goes ahead in an entry of its own.
  if (name.length <= 100) return own;
  const record = describePath(path);
  return [packHeader(Buffer.from("path"), record.length, seconds, "x"), ...pad(record), ...own];
}

/** The record of a path, which starts with its own length. */
function describePath(path: string): Buffer {
  const rest = ` path=${path}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  if (String(length).length > String(bytes).length) length += 1;
  return Buffer.from(`${length}${rest}`);
}

function packHeader(name: Buffer, bytes: number, seconds: number, type: string): Buffer {
  const header = Buffer.alloc(blockBytes);
  const number = (value: number, at: number, digits: number): void => {
    header.write(value.toString(8).padStart(digits, "0"), at);
  };
  name.copy(header);
  number(type === "5" ? 0o755 : 0o644, 100, 7);
  number(0, 108, 7);
  number(0, 116, 7);
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
