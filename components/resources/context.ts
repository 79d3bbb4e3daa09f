import * as pulumi from "@pulumi/pulumi";
import { readContextHost } from "../../engine/docker-context";
import type { OpenOutput } from "./outputs";
import { type Presence, readPresence } from "./presence";
import { readTestSwitches } from "./test-switches";
import { connect, type Engine } from "../../engine/client";

/** Values that every child of one service shares. */
export interface Context {
  /** The service's name, which starts the name of each child. */
  name: string;
  /** The service. */
  parent: pulumi.ComponentResource;
  /** The engine, by its address when that is set explicitly; otherwise each machine finds its own way. */
  engine: pulumi.Output<Engine>;
  /** The parts of the service that the engine has. */
  presence: pulumi.Output<Presence>;
  /** Number of processors that the engine has, when something asks for processors and the engine can be asked. */
  processors: pulumi.Output<number | undefined>;
  /** Further variables of commands' environment. */
  variables?: Record<string, pulumi.Output<string>>;
  /** Names of mechanisms that are switched off, so that tests can show that they notice. */
  without: string[];
}

/** The context of a component, and the engine's address as its provider knows it. */
export function createContext(
  name: string,
  parent: pulumi.ComponentResource,
  limitsProcessors: boolean,
  managesSwarm = false,
): { context: Context; host: pulumi.Output<string | undefined> } {
  const { host, explicit } = findEngine(parent);
  const engine = explicit.apply((address) => connect({ host: address }));
  const context = {
    name,
    parent,
    engine,
    presence: engine.apply((client) =>
      readPresence(client, name, managesSwarm, (message) => void pulumi.log.info(message, parent)),
    ),
    processors: limitsProcessors ? countProcessors(engine) : pulumi.output(undefined),
    without: readTestSwitches(),
  };
  return { context, host };
}

/** The engine, for what runs when a resource is made. */
export function settleEngine({ engine }: Pick<Context, "engine">): Promise<Engine> {
  return new Promise((resolve) => engine.apply(resolve));
}

/** Addresses of the engine that a component's resources are made on. */
interface EngineAddress {
  /** As Pulumi's Docker provider knows it. */
  host: string | undefined;
  /** The same, unless it is this machine's own way: another machine may run the commands that are in the state. */
  explicit: string | undefined;
}

/** Finds out the address of the engine that a component's resources are made on. */
function findEngine(component: pulumi.ComponentResource): pulumi.Output<EngineAddress> {
  const provider = component.getProvider("docker:index/container:Container");
  // A provider that another program passes in by reference has no outputs here.
  const { host } = (provider ?? {}) as { host?: OpenOutput<string | undefined> };
  const configured = new pulumi.Config("docker").get("host");
  return pulumi.output(readIfKnown(host)).apply((ofProvider) => ({
    host: ofProvider ?? configured,
    explicit: chooseExplicit(ofProvider, configured),
  }));
}

function chooseExplicit(ofProvider: string | undefined, configured: string | undefined): string | undefined {
  if (ofProvider === undefined || ofProvider === configured) return configured;
  // The provider fills in what the machine's environment says.
  return [process.env.DOCKER_HOST, readContextHost()].includes(ofProvider) ? undefined : ofProvider;
}

/** A preview knows what a provider was given, but not that it was given nothing. */
async function readIfKnown(output: OpenOutput<string | undefined> | undefined): Promise<string | undefined> {
  return output !== undefined && (await output.isKnown) ? output.promise() : undefined;
}

/** Asks the engine how many processors it has. */
function countProcessors(engine: pulumi.Output<Engine>): pulumi.Output<number | undefined> {
  return engine.apply(async ({ attempt }) => {
    const { code, stdout } = await attempt(["info", "--format={{.NCPU}}"]);
    // An engine that cannot be reached may be said to have none.
    const count = Number(stdout);
    return code === 0 && count > 0 ? count : undefined;
  });
}
