import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { execFileSync } from "node:child_process";
import { afterAll, beforeAll } from "vitest";
import { createWorkspace, type Workspace, type WorkspaceOptions } from "../support/workspace";
import type { StackSettings } from "../support/settings";

/** How a stack's commands may find the engine. */
export interface Route {
  /** Value of `docker:host`. Defaults to none. */
  dockerHost?: string;
  /** Shell commands that fail where docker must not be called; they see its environment. */
  guard: string;
  /** Further programs that come first on the path: shell scripts by name. */
  programs?: Record<string, string>;
}

/** A workspace whose commands have nothing that leads to the engine but a route. */
export interface RemoteWorkspace {
  workspace: Workspace;
  /** Changes the settings; `docker:host` stays. */
  configure(change: (settings: StackSettings) => void): void;
  /** Calls of `docker` until now. */
  calls(): string[];
}

/** Makes a workspace for the tests of a file; the route may need what an earlier `beforeAll` started. */
export function useRemoteWorkspace(
  options: WorkspaceOptions,
  findRoute: (dockerConfig: string) => Route | Promise<Route>,
): () => RemoteWorkspace {
  let home: string | undefined;
  let remote: RemoteWorkspace | undefined;
  beforeAll(async () => {
    const base = mkdtempSync(join(tmpdir(), "flotilla-remote-"));
    home = base;
    const folders = {
      programs: join(base, "programs"),
      config: join(base, "config"),
      log: join(base, "calls"),
    };
    mkdirSync(folders.programs);
    mkdirSync(folders.config);
    writeFileSync(folders.log, "");
    const route = await findRoute(folders.config);
    const programs = { ...route.programs, docker: renderDocker(route.guard, folders.log) };
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(folders.programs, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folders.programs, name), 0o755);
    }
    const env = {
      PATH: `${folders.programs}${delimiter}${process.env.PATH ?? ""}`,
      DOCKER_CONFIG: folders.config,
      DOCKER_HOST: undefined,
      DOCKER_CONTEXT: undefined,
    };
    const workspace = await inEnvironment(env, () => createWorkspace(options));
    remote = {
      workspace,
      configure: (change) => {
        workspace.configure(change);
        setDockerHost(workspace, route.dockerHost);
      },
      calls: () => readFileSync(folders.log, "utf8").split("\n").slice(0, -1),
    };
    setDockerHost(workspace, route.dockerHost);
  });
  afterAll(async () => {
    await remote?.workspace.remove();
    if (home !== undefined) rmSync(home, { recursive: true });
  });
  return () => {
    if (remote === undefined) throw new Error("The workspace is made before the tests.");
    return remote;
  };
}

/** A guard that lets nothing pass without the configured host. */
export function renderGuard(host: string): string {
  return `
if [ "$DOCKER_HOST" != '${host}' ]; then
  echo "docker is called without the configured host: $*" >&2
  exit 97
fi`;
}

function renderDocker(guard: string, log: string): string {
  const real = execFileSync("sh", ["-c", "command -v docker"], { encoding: "utf8" }).trim();
  return `printf '%s\\n' "$(printf '%s ' "$@" | tr '\\n' ' ')" >> '${log}'\n${guard}\nexec '${real}' "$@"`;
}

/** What is started meanwhile has these variables; they are the same as before afterwards. */
async function inEnvironment<T>(env: NodeJS.ProcessEnv, work: () => Promise<T>): Promise<T> {
  const before = Object.fromEntries(Object.keys(env).map((name) => [name, process.env[name]]));
  setVariables(env);
  try {
    return await work();
  } finally {
    setVariables(before);
  }
}

function setVariables(env: NodeJS.ProcessEnv): void {
  for (const [name, value] of Object.entries(env)) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
}

function setDockerHost({ folder, stack }: Workspace, host: string | undefined): void {
  const file = join(folder, `Pulumi.${stack}.yaml`);
  const settings = JSON.parse(readFileSync(file, "utf8")) as { config: object };
  const config = { ...settings.config, ...(host === undefined ? {} : { "docker:host": host }) };
  writeFileSync(file, JSON.stringify({ ...settings, config }, undefined, 2));
}
