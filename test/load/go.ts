import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KindReport, RunningKind } from "./kinds";

/** Why Go's own client cannot be tried here; undefined when it can. */
export function findGoObstacle(): string | undefined {
  return spawnSync("go", ["version"]).status === 0 ? undefined : "there is no Go on this machine";
}

let program: string | undefined;

/** Builds the clients' program, which takes a while the first time. */
export function buildGo(): string {
  if (program !== undefined) return program;
  const folder = mkdtempSync(join(tmpdir(), "flotilla-go-"));
  process.once("exit", () => {
    rmSync(folder, { recursive: true, force: true });
  });
  program = join(folder, "http2");
  execFileSync("go", ["build", "-o", program, join(__dirname, "support/http2.go")], {
    env: { ...process.env, GO111MODULE: "off" },
  });
  return program;
}

/** Clients of Go's standard library over HTTP/2. */
export function startGo({ url, ca }: { url: string; ca: string }): RunningKind {
  const child = spawn(buildGo(), [url], { env: { CA: ca }, stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<KindReport>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code !== 0) {
        reject(new Error(`The Go program ended with ${String(code)}.`));
        return;
      }
      const counts = JSON.parse(text) as Omit<KindReport, "kind" | "repeated" | "notes">;
      resolve({ kind: "HTTP/2, Go's client", repeated: 0, notes: {}, ...counts });
    });
  });
  return {
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
