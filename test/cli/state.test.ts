import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { hasOwnBackend, stateVariables } from "../../cli/state";
import { makeFolder } from "../support/folders";

let folder: string;
/** An environment in which nobody is logged in. */
let nobody: NodeJS.ProcessEnv;

beforeEach(() => {
  folder = makeFolder();
  nobody = { PULUMI_HOME: join(folder, "home") };
});

const modeOf = (file: string) => (statSync(file).mode & 0o777).toString(8);

describe("the state", () => {
  test("lies in the project, with a passphrase that is generated once and nobody else can read", () => {
    const first = stateVariables(nobody, folder);
    const passphrase = join(folder, ".pulumi-state", "passphrase");
    const text = readFileSync(passphrase, "utf8");
    expect(first.PULUMI_BACKEND_URL).toMatch(/^file:\/\/.*\/\.pulumi-state\?metadata=skip$/);
    expect(first.PULUMI_CONFIG_PASSPHRASE_FILE).toBe(passphrase);
    expect(text).toMatch(/^[\w-]{43}$/);
    expect(stateVariables(nobody, folder)).toEqual(first);
    expect(readFileSync(passphrase, "utf8")).toBe(text);
  });

  test.skipIf(process.platform === "win32")("is closed to others, even where it was open", () => {
    stateVariables(nobody, folder);
    expect(modeOf(join(folder, ".pulumi-state"))).toBe("700");
    expect(modeOf(join(folder, ".pulumi-state", "passphrase"))).toBe("600");
  });

  test.each([{ PULUMI_CONFIG_PASSPHRASE: "" }, { PULUMI_CONFIG_PASSPHRASE_FILE: "mine" }])(
    "leaves the user's passphrase alone: %o",
    (own) => {
      expect(stateVariables({ ...nobody, ...own }, folder)).not.toHaveProperty(
        "PULUMI_CONFIG_PASSPHRASE_FILE",
      );
    },
  );

  test.each([{ PULUMI_BACKEND_URL: "s3://bucket" }, { PULUMI_ACCESS_TOKEN: "token" }])(
    "is where the user's variables say: %o",
    (own) => {
      expect(stateVariables({ ...nobody, ...own }, folder)).toEqual({});
    },
  );

  test("is where the user has logged in", () => {
    mkdirSync(join(folder, "home"));
    const credentials = join(folder, "home", "credentials.json");
    writeFileSync(credentials, JSON.stringify({ current: "https://api.pulumi.com" }));
    expect(hasOwnBackend(nobody, folder)).toBe(true);
    writeFileSync(credentials, JSON.stringify({ current: "" }));
    expect(hasOwnBackend(nobody, folder)).toBe(false);
  });

  test("is where the project's file says", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: x\nbackend: { url: s3://bucket }\n");
    expect(hasOwnBackend(nobody, folder)).toBe(true);
  });
});
