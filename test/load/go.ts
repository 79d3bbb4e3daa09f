import { execFileSync, spawn, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KindReport, RunningKind } from "./kinds";

/** Why Go's own client cannot be tried here; undefined when it can. */
export function findGoObstacle(): string | undefined {
  return spawnSync("go", ["version"]).status === 0 ? undefined : "there is no Go on this machine";
}

/** Clients of Go's standard library over HTTP/2, in a program that is built for the run. */
export function startGo({ url, ca }: { url: string; ca: string }): RunningKind {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-go-"));
  const program = join(folder, "http2");
  execFileSync("go", ["build", "-o", program, join(__dirname, "support/http2.go")], {
    env: { ...process.env, GO111MODULE: "off" },
  });
  const child = spawn(program, [url], { env: { CA: ca }, stdio: ["pipe", "pipe", "inherit"] });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => (text += chunk.toString()));
  const ended = new Promise<KindReport>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      rmSync(folder, { recursive: true, force: true });
      if (code !== 0) reject(new Error(`The Go program ended with ${String(code)}.`));
      else
        resolve({
          ...{ kind: "HTTP/2, Go's client", repeated: 0, notes: {} },
          ...(JSON.parse(text) as Pick<
            KindReport,
            "sent" | "failed" | "cut" | "slowestMs" | "firstFailures"
          >),
        });
    });
  });
  return {
    stop: () => {
      child.stdin.end();
      return ended;
    },
  };
}
