import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "../components";
import { withHost } from "../components/internal/context";
import { readContextHost } from "../components/internal/docker-context";
import { nameStack } from "../components/internal/own-names";
import { labelFilters } from "../components/internal/scripts/docker";

const run = promisify(execFile);

/** The Docker engine that the stack is deployed to. */
export interface Engine {
  /** Its address, where it is not the one that Pulumi's Docker provider finds by itself. */
  host: string | undefined;
  provider: docker.Provider;
}

/** Connects to the engine. */
export function createEngine(registry: RegistryArgs | undefined): Engine {
  const host = findEngineHost();
  const provider = new docker.Provider("docker", {
    ...(host === undefined ? {} : { host }),
    ...(registry?.credentials === undefined ? {} : { registryAuth: registry.credentials }),
  });
  return { host, provider };
}

function findEngineHost(): string | undefined {
  const configured = new pulumi.Config("docker").get("host");
  if (configured !== undefined) return configured;
  if (process.env.DOCKER_HOST) return undefined;
  // The provider knows nothing of the contexts of Docker's command line.
  return readContextHost();
}

/**
 * A text that changes when a container of this stack was stopped by hand: Docker does not restart such a one, and the
 * state does not know. It stays what it was when nothing is stopped, so that the next update changes nothing.
 */
export async function findStopped(previous: unknown, host: string | undefined): Promise<string> {
  const before = typeof previous === "string" ? previous : "";
  const own = labelFilters({ "flotilla.stack": nameStack() });
  const filters = ["--filter=status=exited", ...own, "--filter=label=flotilla.role"];
  const ids = await ask(host, ["ps", "--all", "--quiet", ...filters]);
  if (ids === "") return before;
  const format = "{{.Name}} at {{.State.FinishedAt}}";
  const stopped = await ask(host, ["inspect", "--type=container", `--format=${format}`, ...ids.split("\n")]);
  return stopped === "" ? before : stopped.split("\n").sort().join(", ");
}

/** What a docker command prints, or nothing when the engine cannot be asked: the deployment itself will say why. */
async function ask(host: string | undefined, args: string[]): Promise<string> {
  try {
    const { stdout } = await run("docker", args, { env: withHost(host), timeout: 10_000 });
    return stdout.trim();
  } catch {
    return "";
  }
}
