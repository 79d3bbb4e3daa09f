import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "../components";
import { readContextHost } from "../engine/docker-context";

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
