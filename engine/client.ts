import { spawn } from "node:child_process";

/** Result of a run of the `docker` command. */
export interface Outcome {
  code: number;
  stdout: string;
  stderr: string;
}

/** How a run of the `docker` command differs from others. */
export interface RunOptions {
  /** Its standard input. */
  input?: string | Buffer;
  /** Further variables of its environment. */
  variables?: NodeJS.ProcessEnv;
  /** Most seconds that it may take; a minute and a half when left out. */
  seconds?: number;
}

/** One engine, by Docker's command line. */
export interface Engine {
  /** Its address, where it was said. */
  readonly host: string | undefined;
  /** Environment of the `docker` command. */
  readonly environment: NodeJS.ProcessEnv;
  /** Runs `docker` with these arguments; does not throw when it fails. */
  attempt: (args: string[], options?: RunOptions) => Promise<Outcome>;
  /** Runs `docker` with these arguments and gives what it printed; throws when it fails. */
  run: (args: string[], options?: RunOptions) => Promise<string>;
  /** Runs `docker` until it has printed so many bytes, and gives these; the rest is not waited for. */
  runToStart: (args: string[], bytes: number) => Promise<Buffer>;
  /** Runs a shell script in a container, to its first failure; as root where that is asked for. */
  inside: (container: string, script: string, options?: InsideOptions) => Promise<Outcome>;
}

/** How a script is run in a container. */
export interface InsideOptions {
  /** Who runs it, by name or number. Defaults to the image's user. */
  user?: string;
  /** Most seconds that it may take. */
  seconds?: number;
}

/** How an engine is reached. */
export interface EngineAddress {
  /** Undefined for the engine that the environment names, or the machine's own. */
  host?: string | undefined;
  /** Environment of the `docker` command; this process's own when left out. */
  environment?: NodeJS.ProcessEnv;
}

const usualSeconds = 90;

/** Seconds for what depends on how much there is to do, such as a build: an engine that is gone ends it, too. */
export const longSeconds = 7200;

/** The engine at an address. */
export function connect({ host, environment = process.env }: EngineAddress = {}): Engine {
  const own = { ...environment, ...(host === undefined ? {} : { DOCKER_HOST: host }) };
  const attempt: Engine["attempt"] = (args, { variables, ...options } = {}) =>
    runDocker(args, { ...own, ...variables }, options);
  return {
    host,
    environment: own,
    attempt,
    run: async (args, options) => {
      const { code, stdout, stderr } = await attempt(args, options);
      if (code !== 0)
        throw new Failure(`docker ${args.slice(0, 2).join(" ")} failed: ${(stderr || stdout).trim()}`);
      return stdout.trim();
    },
    runToStart: (args, bytes) => readStart(args, own, bytes),
    inside: (container, script, { user, ...options } = {}) =>
      attempt(
        ["exec", "-i", ...(user === undefined ? [] : [`--user=${user}`]), container, "sh", "-e", "-s"],
        {
          ...options,
          // Read as a whole before any of it runs: a connection that is cut would leave a part of it, which the shell would run.
          // It ends by itself: engines can lose the end of the input when it comes before the shell has begun.
          input: `{\n${script}\nexit\n}\n`,
        },
      ),
  };
}

/** The failure of a run that could not begin. */
export function failWithoutDocker({ message }: Error): Failure {
  return new Failure(`The docker command cannot be run (${message}). Install Docker's command line.`);
}

function runDocker(
  args: string[],
  env: NodeJS.ProcessEnv,
  { input = "", seconds = usualSeconds }: Pick<RunOptions, "input" | "seconds">,
): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn("docker", args, {
      env,
      stdio: ["pipe", "pipe", "pipe"],
      windowsHide: true,
    });
    const stdout: Buffer[] = [];
    const stderr: Buffer[] = [];
    const deadline = setTimeout(() => {
      child.kill("SIGKILL");
      const said = `docker ${args.slice(0, 2).join(" ")} took longer than ${seconds} seconds`;
      reject(new Failure(`${said}. Look whether the engine answers: docker info`));
    }, seconds * 1000);
    child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
    child.on("error", (error) => {
      clearTimeout(deadline);
      reject(failWithoutDocker(error));
    });
    // A container that is gone closes the pipe early; its exit code says so.
    child.stdin.on("error", () => undefined);
    child.stdin.end(input);
    child.on("close", (code) => {
      clearTimeout(deadline);
      resolve({
        code: code ?? 1,
        stdout: Buffer.concat(stdout).toString("utf8"),
        stderr: Buffer.concat(stderr).toString("utf8"),
      });
    });
  });
}

function readStart(args: string[], env: NodeJS.ProcessEnv, bytes: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn("docker", args, {
      env,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: usualSeconds * 1000,
      windowsHide: true,
    });
    let start = Buffer.alloc(0);
    let said = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (said += chunk));
    child.stdout.on("data", (chunk: Buffer) => {
      if (start.length < bytes) start = Buffer.concat([start, chunk]);
      if (start.length >= bytes) child.kill();
    });
    child.on("error", reject);
    child.on("close", () => {
      if (start.length >= bytes) resolve(start);
      else reject(new Failure(`docker ${args.join(" ")} failed: ${said.trim()}`));
    });
  });
}

/** A failure that is told to the user by its message alone. */
export class Failure extends Error {}

/** The same failure with a sentence more; anything else stays as it is. */
export function addSentence(failure: unknown, sentence: string): unknown {
  return failure instanceof Failure ? new Failure(`${failure.message}\n${sentence}`) : failure;
}

/** Whether an engine's message says that a container, image or network is not there. */
export function isMissing(message: string): boolean {
  return /no such|not found/i.test(message);
}
