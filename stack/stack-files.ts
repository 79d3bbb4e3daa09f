// Keeps the stacks' files as they are in Git: Pulumi writes the salt of its encryption into them, in spacing of its own.
import { readFileSync, readdirSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** Reads the stacks' files that hold nothing encrypted, without the salt. */
export function readStackFiles(folder: string): Map<string, string> {
  return new Map(
    readTexts(folder)
      .filter(([, text]) => !/\bsecure:|^secretsprovider:/m.test(text))
      .map(([name, text]) => [name, text.replace(/^encryptionsalt: .*\n?/m, "")]),
  );
}

/** Remembers the stacks' files; gives the way back. `pulumi preview` writes into them what `--config` says. */
export function keepStackFiles(folder: string): () => void {
  const before = readTexts(folder);
  return () => {
    for (const [name, text] of before) replaceFile(join(folder, name), text);
  };
}

/**
 * Takes the salt out of these files again, and the spacing; Pulumi finds the salt in the state too. `before` is what the
 * files said then.
 */
export function cleanStackFiles(folder: string, before?: Map<string, string>): void {
  for (const [name, text] of readStackFiles(folder)) {
    const old = before?.get(name);
    const wanted = old !== undefined && squeeze(old) === squeeze(text) ? old : text;
    replaceFile(join(folder, name), wanted);
  }
}

function readTexts(folder: string): [string, string][] {
  const names = readdirSync(folder).filter((name) => /^Pulumi\.[\w.-]+\.yaml$/.test(name));
  return names.map((name) => [name, readFileSync(join(folder, name), "utf8")]);
}

/** Renames the new text into place, so that whoever reads it meanwhile gets a whole file. */
function replaceFile(file: string, text: string): void {
  if (readFileSync(file, "utf8") === text) return;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

function squeeze(text: string): string {
  return text.replaceAll(/\s/g, "");
}
