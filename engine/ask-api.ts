import { spawn } from "node:child_process";
import { type Engine, Failure, failWithoutDocker } from "./client";

/** A request to an engine's API. */
export interface ApiRequest {
  method?: "GET" | "POST";
  /** Without a version: the engine's own is taken. */
  path: string;
  body?: object;
}

/** Asks an engine's API, and gives what it answers; throws where it refuses. */
export type AskApi = (engine: Engine, request: ApiRequest) => Promise<unknown>;

const usualSeconds = 60;

/**
 * Asks by way of the `docker` command, which knows how the engine is reached. What the body says stands in no list of processes,
 * as the command's own arguments would.
 */
export const askApi: AskApi = async (engine, request) => {
  const { status, text } = await exchange(engine, request);
  const answer: unknown = text.trim() === "" ? undefined : JSON.parse(text);
  if (status >= 200 && status < 300) return answer;
  const { message = text.trim() } = (answer ?? {}) as { message?: string };
  throw new Failure(`The engine${nameHost(engine)} refuses: ${message}`);
};

/** The address of an engine, where it was said, behind a space. */
export function nameHost({ host }: Pick<Engine, "host">): string {
  return host === undefined ? "" : ` ${host}`;
}

/** Of the first version, an answer has no chunks and ends with the connection. */
function compose({ method = "GET", path, body }: ApiRequest): string {
  const content = body === undefined ? "" : JSON.stringify(body);
  const head = [
    `${method} ${path} HTTP/1.0`,
    "Host: docker",
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(content)}`,
  ];
  return `${head.join("\r\n")}\r\n\r\n${content}`;
}

function exchange(engine: Engine, request: ApiRequest): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("docker", ["system", "dial-stdio"], {
      env: engine.environment,
      stdio: ["pipe", "pipe", "pipe"],
      timeout: usualSeconds * 1000,
      windowsHide: true,
    });
    const printed: Buffer[] = [];
    let said = "";
    child.stdout.on("data", (chunk: Buffer) => printed.push(chunk));
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    child.on("error", (error) => {
      reject(failWithoutDocker(error));
    });
    // An engine that cannot be reached closes the pipe; what it said follows.
    child.stdin.on("error", () => undefined);
    // Left open: an engine may take the end of it for the end of a client that does not wait.
    child.stdin.write(compose(request));
    child.stdout.on("end", () => {
      child.stdin.end();
    });
    child.on("close", () => {
      const answer = parse(Buffer.concat(printed).toString("utf8"));
      if (answer !== undefined) resolve(answer);
      else
        reject(
          new Failure(
            `The engine${nameHost(engine)} cannot be asked: ${said.trim() || "it does not answer"}`,
          ),
        );
    });
  });
}

function parse(printed: string): { status: number; text: string } | undefined {
  const [, status, text = ""] = /^HTTP\/1\.[01] (\d{3})[^]*?\r\n\r\n([^]*)$/.exec(printed) ?? [];
  return status === undefined ? undefined : { status: Number(status), text };
}
