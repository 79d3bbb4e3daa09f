import fs from "fs";

/** Bytes at the start of a kept answer that hold its key. */
const headBytes = 8192;

/**
 * A pattern for the keys of all answers for a path; `*` is every path. What a key is made of, its template says.
 */
export function keyPattern(template: string, path: string): RegExp {
  if (path === "*") return /^/;
  const plain = escape(path);
  const parts = template.split(/(\$\{\w+\}|\$\w+)/).map((part) => {
    const variable = /^\$\{?(\w+)\}?$/.exec(part)?.[1];
    if (variable === undefined) return escape(part);
    if (variable === "request_uri") return `${plain}(?:\\?.*?)?`;
    if (variable === "uri" || variable === "document_uri") return plain;
    // Or a host would swallow the beginning of a longer path.
    if (/^(?:(?:http_)?host|scheme|server_name|server_port|request_method)$/.test(variable)) return "[^/]*?";
    return ".*?";
  });
  return new RegExp(`^${parts.join("")}$`);
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
}

/** Removes the kept answers of a folder whose key fits; gives how many. */
export async function purgeFolder(folder: string, pattern: RegExp): Promise<number> {
  let purged = 0;
  for (const file of listFiles(folder)) {
    const key = readKey(file);
    if (key !== undefined && pattern.test(key) && remove(file)) purged += 1;
    // Between two files the worker serves others.
    await new Promise<void>((resolve) => {
      setTimeout(resolve, 0);
    });
  }
  return purged;
}

function listFiles(folder: string): string[] {
  if (!fs.existsSync(folder)) return [];
  return fs.readdirSync(folder).flatMap((name) => {
    const path = `${folder}/${name}`;
    // Folders are one or two characters long, answers have a checksum for a name.
    return name.length <= 2 ? listFiles(path) : [path];
  });
}

function readKey(file: string): string | undefined {
  try {
    const descriptor = fs.openSync(file, "r");
    try {
      const buffer = Buffer.alloc(headBytes);
      const read = fs.readSync(descriptor, buffer, 0, headBytes, 0);
      return findKey(buffer.subarray(0, read));
    } finally {
      fs.closeSync(descriptor);
    }
  } catch {
    // Removed meanwhile, as kept answers are.
    return undefined;
  }
}

/** Binary data and then a line with the key are at the start of a kept answer. */
function findKey(head: Buffer): string | undefined {
  const mark = "\nKEY: ";
  const start = head.indexOf(mark);
  if (start < 0) return undefined;
  const end = head.indexOf("\n", start + mark.length);
  return head.subarray(start + mark.length, end < 0 ? head.length : end).toString("utf8");
}

function remove(file: string): boolean {
  try {
    fs.unlinkSync(file);
    return true;
  } catch {
    return false;
  }
}
