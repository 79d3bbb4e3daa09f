import { readdir, readFile } from "node:fs/promises";

/** The arguments of all processes of this machine, those of containers too; an empty text for one that has ended. */
export async function readAllArguments(): Promise<string[]> {
  const ids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const texts = ids.map((id) => readFile(`/proc/${id}/cmdline`, "utf8").catch(() => ""));
  return (await Promise.all(texts)).map((text) => text.replaceAll("\0", " ").trim());
}
