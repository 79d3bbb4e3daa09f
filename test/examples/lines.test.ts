// Every line that is asked of an example's system has a proof on the engine.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Lines } from "../engine/examples/support/lines";

const folder = join(__dirname, "../engine/examples");
const examples = readdirSync(join(folder, "lines")).map((file) => file.replace(/\.ts$/, ""));
const proofs = readdirSync(folder)
  .filter((file) => file.endsWith(".test.ts"))
  .map((file) => ({ file, text: readFileSync(join(folder, file), "utf8") }));

test.each(examples)("%s: each line is proven", async (example) => {
  const { lines } = (await import(join(folder, "lines", `${example}.ts`))) as { lines: Lines };
  const text = proofs.flatMap((proof) => (proof.file.startsWith(example) ? [proof.text] : [])).join("\n");
  const missing = Object.keys(lines).filter((name) => !new RegExp(`prove\\(\\s*"${name}"`).test(text));
  expect(missing).toEqual([]);
});
