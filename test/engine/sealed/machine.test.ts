import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { record, skipUntried } from "../support/record";

const run = promisify(execFile);
const cache = process.env.FLOTILLA_HOME ?? join(homedir(), ".cache", "flotilla");
const sid = join(cache, "sid");
const inside = resolve(__dirname, "../../../tools/sealed/lib/inside.sh");
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "flotilla-machine-"));
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

function runInside(env: Record<string, string>, ...command: string[]): Promise<string> {
  const args = ["--mount", "--pid", "--fork", "--kill-child", inside, cache, sid, ...command];
  return run("unshare", args, { env: { ...process.env, ...env } }).then(({ stdout }) => stdout);
}

const operations = {
  settings: "a root file system has the machine's settings, and keeps none of them",
  mounts: "it leaves no mount behind, even when it is killed",
};
const missing =
  process.getuid?.() !== 0
    ? "only root can enter a root file system"
    : existsSync(sid)
      ? undefined
      : "there is no root file system before a stand-in was made";

test.runIf(missing !== undefined)("a root file system of the set-up is not tried", (context) => {
  skipUntried(context, Object.values(operations), missing ?? "");
});

const hold = (operation: string): void => {
  record({ operation, requests: 0, failed: 0, seconds: 0, held: true });
};

describe.skipIf(missing !== undefined)("a root file system of the set-up", () => {
  test("has the machine's settings for apt, Go and certificates, and keeps none of them", async () => {
    const settings = join(folder, "apt.conf");
    writeFileSync(settings, 'Acquire::http::Proxy "http://proxy.invalid:3128";\n');
    const env = { APT_CONFIG: settings, GOPROXY: "https://modules.invalid" };
    const text = await runInside(env, "sh", "-c", "apt-config dump; echo $GOPROXY; echo $SSL_CERT_FILE");
    expect(text).toContain('Acquire::http::Proxy "http://proxy.invalid:3128";');
    expect(text).toContain("https://modules.invalid\n");
    expect(text).toContain("/media/certificates.crt\n");
    expect(readdirSync(join(sid, "media"))).toEqual([]);
    hold(operations.settings);
  });

  test("leaves no mount behind, even when it is killed", async () => {
    const child = execFile("unshare", [
      "--mount",
      "--pid",
      "--fork",
      "--kill-child",
      inside,
      cache,
      sid,
      "sleep",
      "60",
    ]);
    const ended = new Promise((done) => child.once("exit", done));
    setTimeout(() => child.kill("SIGKILL"), 500);
    await ended;
    const { stdout } = await run("cat", ["/proc/mounts"]);
    expect(stdout).not.toContain(sid);
    hold(operations.mounts);
  });
});
