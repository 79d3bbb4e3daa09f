import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { renderMembers } from "../../../nginx/members";

const folder = join(__dirname, "..", "..", "golden", "nginx");
const image = "nginx:1.30.4";
const files = readdirSync(folder);

/** What `nginx -t` says of settings, in a container of its own. */
function checkSettings(settings: string, members: string): Promise<{ code: number | null; output: string }> {
  const upstreams = [...settings.matchAll(/^ *upstream (\S+) \{$/gm)].map(([, name = ""]) => name);
  const script = [
    "mkdir -p /tmp/flotilla/members",
    "cd /tmp/flotilla",
    `cat > nginx.conf <<'END_OF_SETTINGS'\n${settings}END_OF_SETTINGS`,
    ...upstreams.map((name) => `cat > members/${name}.conf <<'END_OF_MEMBERS'\n${members}END_OF_MEMBERS`),
    `echo 'return 200 "0";' > generation.conf`,
    "nginx -t -c /tmp/flotilla/nginx.conf",
  ].join("\n");
  return new Promise((resolve, reject) => {
    const args = ["run", "--rm", "-i", "--network=none", "--entrypoint=sh", image, "-es"];
    const child = spawn("docker", args, { stdio: ["pipe", "pipe", "pipe"] });
    let output = "";
    const collect = (chunk: Buffer): void => {
      output += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.stdin.on("error", () => undefined);
    child.stdin.end(script);
    child.on("close", (code) => {
      resolve({ code, output });
    });
  });
}

describe("a real Nginx", () => {
  test("has golden files to check", () => {
    expect(files.length).toBeGreaterThan(0);
  });

  test.each(files)("takes %s, before any replica has joined and after", async (file) => {
    const settings = readFileSync(join(folder, file), "utf8");
    for (const members of [[], [{ name: "app-api-1-abc1234", port: 3000 }]]) {
      const { code, output } = await checkSettings(settings, renderMembers(members));
      expect(output).toContain("test is successful");
      expect(output).not.toContain("[warn]");
      expect(code).toBe(0);
    }
  });

  test("refuses settings with a mistake", async () => {
    const settings = readFileSync(join(folder, "single-pool.conf"), "utf8");
    const { code, output } = await checkSettings(
      settings.replace("http {", "http {\n  clientmaxbody 1m;"),
      renderMembers([]),
    );
    expect(output).toContain('unknown directive "clientmaxbody"');
    expect(code).not.toBe(0);
  });
});
