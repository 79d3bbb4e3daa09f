import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { describeChildren } from "../support/children";
import { resetDocker } from "../support/fake-docker";

afterEach(resetDocker);

const file = join(__dirname, "../../docs/transforms.md");
const markers = /(?<=<!-- children:start -->\n\n).*(?=\n\n<!-- children:end -->)/s;

test("the table of children is what the components make; FLOTILLA_WRITE_DOCS=true takes a change over", async () => {
  const children = await describeChildren();
  const page = readFileSync(file, "utf8");
  if (process.env.FLOTILLA_WRITE_DOCS === "true") writeFileSync(file, page.replace(markers, children));
  const [table = ""] = markers.exec(readFileSync(file, "utf8")) ?? [];
  expect(squeeze(table)).toBe(squeeze(children));
});

/** Without the spaces that make columns line up. */
function squeeze(table: string): string {
  return table.replaceAll(/ {2,}/g, " ").replaceAll(/-{3,}/g, "---");
}
