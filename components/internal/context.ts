import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";

/** What every child of one service shares. */
export interface Context {
  /** The service's name, which starts the name of each child. */
  name: string;
  /** The service. */
  parent: pulumi.ComponentResource;
  /** Address of the engine, when it is set explicitly; otherwise each machine finds its own. */
  engineHost: pulumi.Output<string | undefined>;
  /** Names of mechanisms that are switched off, so that tests can show that they notice. */
  without: string[];
}

/** Finds out the address of the engine that a component's resources are made on. */
export function findEngineHost(component: pulumi.ComponentResource): pulumi.Output<string | undefined> {
  const provider = component.getProvider("docker:index/container:Container") as docker.Provider | undefined;
  const configured = new pulumi.Config("docker").get("host");
  // A provider that another program passes in by reference has no outputs here.
  const ofProvider = (provider as { host?: pulumi.Output<string | undefined> } | undefined)?.host;
  return pulumi.output(ofProvider).apply((host) => host ?? configured);
}

/** Labels by which commands and people find a service's containers. */
export function labels(context: Context, own: Record<string, string>): { label: string; value: string }[] {
  const all: Record<string, string> = {
    "flotilla.stack": `${pulumi.getProject()}/${pulumi.getStack()}`,
    "flotilla.service": context.name,
    ...own,
  };
  return Object.entries(all).map(([label, value]) => ({ label, value }));
}
