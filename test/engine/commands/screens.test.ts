// What people see at a terminal; FLOTILLA_WRITE_DOCS=true takes it into the page of screens.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { root } from "../../docs/support/pages";
import { tellTests } from "../support/tell-tests";
import { asOfDev, isKept, keepPicture } from "./pictures";
import { useCommandStack } from "./support";
import { closeTerminals, hasTmux, openTerminal, type Terminal } from "./terminal";

tellTests();

const page = join(root, "docs/screens.md");
const own = useCommandStack("screens");
afterAll(() => {
  if (hasTmux()) closeTerminals();
});

function open(name: string, command: string, words: string[], rows = 24): Terminal {
  const line = ["npm", ...own().line(command, words)].join(" ");
  return openTerminal(name, line, {
    folder: own().clone.folder,
    environment: own().clone.environment(),
    rows,
  });
}

/** Keeps a screen under its title, as a user would see it of the stack dev. */
function keep(title: string, screen: string): void {
  if (!isKept) return;
  const shown = asOfDev(screen.replace(/^Stand-ins in use: .*\n/, ""), own());
  const text = readFileSync(page, "utf8");
  const [, start = "", rest = ""] =
    new RegExp(`^([^]*\n## ${title}\n[^]*?\`\`\`text\n)[^]*?(\n\`\`\`\n[^]*)$`).exec(text) ?? [];
  expect(start, `${title} is a title of the page`).not.toBe("");
  writeFileSync(page, `${start}${shown}${rest}`);
}

test.skipIf(!hasTmux())(
  "an update is drawn as a tree, which ends with what has changed, while logs go on",
  async () => {
    const logs = open("logs", "logs", ["--follow", "--tail=0", "api"], 16);
    const up = open("up", "up", ["--set", "pools.api.env.VERSION=2", "--yes"], 20);
    keep("An update goes on", await up.sees(/^ +api-1 .*(?:starting|healthy|serves)/m));
    const end = await up.sees(/answers at http/);
    expect(end).toMatch(/api: 2 replicas replaced/);
    keep("An update has ended", end);
    keep("Logs through an update", await logs.sees(/api-1\S* has ended/));
  },
);

test.skipIf(!hasTmux())("the status is drawn again and again", async () => {
  const screen = await open("status", "status", ["--watch"]).sees(/api: 2 of 2 well[^]*disk/);
  keep("A status that goes on", screen);
});

test.skipIf(!hasTmux())("a failure stands at the end of the screen, once", async () => {
  const words = ["--set", "pools.api.env.HEALTHY=false", "--yes"];
  const screen = await open("failed", "up", words, 26).sees(/Put it right, then: npm run up/, 600);
  expect(screen.match(/Traffic stays where it was/g)).toHaveLength(1);
  keep("An update that fails", screen);
});

test("pages of a load test and of the status can be looked at", async () => {
  const report = join(own().clone.folder, "load.html");
  expect((await own().npm("loadtest", "--seconds", "5", "--html", report)).code).toBe(0);
  keepPicture("load-test", report, 900, own());
  const status = await fetch(`${own().url}/lb/status`, { headers: { accept: "text/html" } });
  expect(status.status).toBe(200);
  const file = join(own().clone.folder, "status.html");
  writeFileSync(file, await status.text());
  keepPicture("balancer", file, 420, own());
});
