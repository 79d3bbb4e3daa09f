import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, expect, test, vi } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "flotilla-inside-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

// Like an engine that loses the end of the input, for which the shell would wait.
writeFileSync(
  join(folder, "docker"),
  `#!/usr/bin/env node
const shell = require("node:child_process").spawn("sh", ["-e", "-s"], { stdio: ["pipe", "inherit", "inherit"] });
process.stdin.on("data", (chunk) => shell.stdin.write(chunk));
shell.on("exit", (code) => process.exit(code));
`,
  { mode: 0o755 },
);

test.each([
  ["prints and ends", "echo well", { code: 0, stdout: "well\n" }],
  ["ends with a condition that does not hold", "echo well\n[ 1 = 2 ]", { code: 1, stdout: "well\n" }],
  ["fails before its end", "echo well\nfalse\necho never", { code: 1, stdout: "well\n" }],
  ["ends with a text", "cat <<TEXT\nwell\nTEXT", { code: 0, stdout: "well\n" }],
  ["becomes another program", "exec echo well", { code: 0, stdout: "well\n" }],
])(
  "a script in a container that %s has its outcome, though the engine loses its end",
  async (_, script, end) => {
    const { connect } = await vi.importActual<typeof import("../../engine/client")>("../../engine/client");
    const environment = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH ?? ""}` };
    const outcome = await connect({ environment }).inside("container", script, { seconds: 20 });
    expect(outcome).toMatchObject(end);
  },
);
