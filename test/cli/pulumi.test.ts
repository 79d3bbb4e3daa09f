import { writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { pulumiOn } from "../../cli/pulumi";
import { makeFolder } from "../support/folders";

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

/** Asks for the engine's address where `pulumi` is a script. */
function ask(script: string): Promise<string | undefined> {
  writeFileSync(join(folder, "pulumi"), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const environment = { PATH: [folder, process.env.PATH].join(delimiter) };
  return pulumiOn("dev", environment).setting("docker:host");
}

describe.skipIf(process.platform === "win32")("a setting of a stack", () => {
  test.each([
    [`echo '{"docker:host": {"value": "ssh://host", "secret": false}}'`, "ssh://host"],
    [`echo '{"flotilla:TOKEN": {"secret": true}}'`, undefined],
    [`echo "error: no stack named 'dev' found" >&2; exit 6`, undefined],
  ])("is what Pulumi says: %s", async (script, expected) => {
    expect(await ask(script)).toBe(expected);
  });

  test("is not taken for none where Pulumi cannot say it", async () => {
    await expect(ask("echo 'error: passphrase must be set' >&2; exit 255")).rejects.toThrow(
      "Pulumi cannot read docker:host of the stack dev: error: passphrase must be set",
    );
  });
});
