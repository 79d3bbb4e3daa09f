import type { Readable } from "node:stream";

/** Where backups are kept: files by name. */
export interface Place {
  list(): Promise<string[]>;
  /** Stores a file; it is there as a whole or not at all. */
  put(name: string, file: string): Promise<void>;
  open(name: string): Promise<Readable>;
  remove(name: string): Promise<void>;
}

/** Reads a small file as text. */
export async function readText(place: Place, name: string): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of await place.open(name)) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}
