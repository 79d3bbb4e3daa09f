import { spawn, type ChildProcess } from "node:child_process";
import { type Engine, Failure, failWithoutDocker, isMissing } from "./client";

/** A folder in a container. */
export interface Place {
  container: string;
  folder: string;
}

/** Seconds that a copy may take. */
const mostSeconds = 600;

/** How a copy ended. */
export type Copied = "copied" | "missing" | "too large";

/** Copies what a folder of one container holds into one of another, which is there; nothing of it is kept on the way. An engine cannot read one container and write to it at a time. */
export async function copyFolder(engine: Engine, from: Place, to: Place, mostBytes: number): Promise<Copied> {
  const [reader, writer] = [
    begin(engine, ["cp", `${from.container}:${from.folder}/.`, "-"]),
    begin(engine, ["cp", "-", `${to.container}:${to.folder}`]),
  ];
  let bytes = 0;
  reader.child.stdout?.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > mostBytes) reader.child.kill();
  });
  if (writer.child.stdin !== null) reader.child.stdout?.pipe(writer.child.stdin);
  // One that has ended closes the pipe; its message says why.
  writer.child.stdin?.on("error", () => undefined);
  const [read, written] = await Promise.all([reader.ended, writer.ended]);
  if (bytes > mostBytes) return "too large";
  if (read.code !== 0 && isMissing(read.said.replace(/could not find/i, "not found"))) return "missing";
  for (const { code, said } of [read, written])
    if (code !== 0) throw new Failure(`docker cp failed: ${said.trim()}`);
  return "copied";
}

function begin(
  { environment }: Engine,
  args: string[],
): { child: ChildProcess; ended: Promise<{ code: number; said: string }> } {
  const child = spawn("docker", args, {
    env: environment,
    stdio: ["pipe", "pipe", "pipe"],
    timeout: mostSeconds * 1000,
    windowsHide: true,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
  const ended = new Promise<{ code: number; said: string }>((resolve, reject) => {
    child.on("error", (error) => {
      reject(failWithoutDocker(error));
    });
    child.on("close", (code) => {
      resolve({ code: code ?? 1, said });
    });
  });
  return { child, ended };
}
