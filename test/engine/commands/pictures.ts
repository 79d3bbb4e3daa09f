import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../../docs/support/pages";
import type { CommandStack } from "./support";

const browser = "/usr/bin/chromium-headless-shell";

/** Whether what a test sees is taken into the documentation. */
export const isKept = process.env.FLOTILLA_WRITE_DOCS === "true";

/** Says something of a test's stack as it would be of the stack dev of the guides. */
export function asOfDev(text: string, { stack, url }: CommandStack): string {
  return text
    .replaceAll(/ -- --stack \S+ (?=\S)/g, " -- ")
    .replaceAll(/ -- --stack \S+/g, "")
    .replaceAll(stack, "dev")
    .replaceAll(`localhost:${new URL(url).port}`, "localhost:8080");
}

/** Keeps a picture of a file with a page, where there is Debian's browser. */
export function keepPicture(name: string, file: string, height: number, own: CommandStack): void {
  if (!isKept || !existsSync(browser)) return;
  writeFileSync(file, asOfDev(readFileSync(file, "utf8"), own));
  const picture = join(root, "docs/pictures", `${name}.png`);
  const size = `--window-size=960,${height}`;
  rmSync(picture, { force: true });
  execFileSync(
    browser,
    ["--no-sandbox", "--disable-gpu", "--hide-scrollbars", size, `--screenshot=${picture}`, `file://${file}`],
    { stdio: "ignore", timeout: 300_000 },
  );
}
