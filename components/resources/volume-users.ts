import type { local } from "@pulumi/command";
import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { createCommand } from "./commands";
import type { Context } from "./context";
import type { OpenOutput } from "./outputs";
import { nameStack } from "./own-names";
import { createRunError } from "./run-error";
import type { Engine } from "../../engine/client";
import { labelFilters, type Labels, readLabels } from "../../engine/labels";
import { fromJson } from "../../deploy/json";
import { neverStarted } from "../../deploy/volume";

/** A volume of a component, or a folder of the engine's host. */
export interface UsedPlace {
  name: string;
  /** Whether anybody else may use it but another deployment of the same component. */
  isShared: boolean;
}

/** The component that the places are of. */
interface PlaceOwner {
  /** Start of its messages. */
  title: string;
  places: UsedPlace[];
  networks: docker.Network[];
  /** Commands whose results a preview knows where there was a deployment before. */
  commands: local.Command[];
}

/**
 * Makes sure that nothing of another deployment uses what this one is about to use. Names are the same in all deployments of a
 * stack, whatever their state is, and so are labels; networks are not.
 */
export function requireUnused(
  context: Context,
  { title, places, networks, commands }: PlaceOwner,
): pulumi.Output<true> {
  const own = rememberNetworks(context, networks, commands);
  return pulumi.all([context.engine, own]).apply(async ([engine, known]) => {
    if (known !== undefined) await refuseOtherUsers(context.name, title, places, known, engine);
    return true as const;
  });
}

/** Names of the networks that this deployment has or had; undefined in a preview where they are to change. */
function rememberNetworks(
  context: Context,
  networks: docker.Network[],
  commands: local.Command[],
): pulumi.Output<string[] | undefined> {
  const names = networks.map(({ name }) => name);
  const { stdout } = createCommand(context, `${context.name}-networks`, {
    script: "leftovers",
    create: "rememberNetworks",
    task: { networks: names },
  });
  const read = async (): Promise<string[] | undefined> => {
    if (!pulumi.runtime.isDryRun()) return fromJson(await open(stdout).promise());
    const [remembered] = await findKnown([stdout]);
    if (remembered !== undefined) return fromJson(remembered);
    // A network that is still to be made has a name already, but no id.
    const present = await findKnown(networks.map(({ id, name }) => pulumi.all([id, name])));
    if (present.length > 0) return present.map(([, name]) => name);
    const [deployed] = await findKnown(commands.map((command) => command.stdout));
    return deployed === undefined ? [] : undefined;
  };
  // By no resource: what is made from a network may be deleted together with it.
  return pulumi.output(read());
}

function open<Value>(output: pulumi.Output<Value>): OpenOutput<Value> {
  return output as OpenOutput<Value>;
}

async function findKnown<Value>(outputs: pulumi.Output<Value>[]): Promise<Value[]> {
  const found = await Promise.all(
    outputs.map(async (output) => ((await open(output).isKnown) ? [await open(output).promise()] : [])),
  );
  return found.flat();
}

/** Ends the deployment when a container that is not on the networks of this one uses what it needs. */
export async function refuseOtherUsers(
  service: string,
  title: string,
  places: UsedPlace[],
  ownNetworks: string[],
  engine: Engine,
): Promise<void> {
  const containers = await findContainers(service, places, engine);
  const others = containers.filter(({ networks }) => !networks.some((name) => ownNetworks.includes(name)));
  if (others.length === 0) return;
  const existing = await listNetworks(engine);
  const users = others.filter((container) => !isLeftOver(container, existing));
  const taken = places.flatMap(({ name, isShared }) => {
    const found = users.filter(
      ({ writes, labels }) => writes.includes(name) && (!isShared || isSame(labels, service)),
    );
    return found.length === 0 ? [] : [{ name, found }];
  });
  if (taken.length > 0) throw createRunError(describeTaken(title, taken));
}

/** A container, as the engine knows it. */
interface Container {
  name: string;
  status: string;
  labels: Labels;
  /** The project of Compose that it is of. */
  composeProject: string | undefined;
  /** Networks that it is on, or will be when it is started again, without the engine's own. */
  networks: string[];
  /** Volumes and folders that it may write to. */
  writes: string[];
}

const engineNetworks = ["bridge", "host", "none"];

async function findContainers(service: string, places: UsedPlace[], engine: Engine): Promise<Container[]> {
  const hasFolder = places.some(({ name }) => /[\\/]/.test(name));
  const filters = [
    places.map(({ name }) => `--filter=volume=${name}`),
    // The engine finds nobody by a folder of its host.
    ...(hasFolder ? [labelFilters({ stack: nameStack(), service })] : []),
  ];
  const lists = await Promise.all(
    filters.map(async (list) => {
      const args = ["ps", "--all", "--quiet", "--no-trunc", ...list];
      // Where the engine cannot be asked, the deployment itself will say why.
      const { code, stdout } = await engine.attempt(args);
      return code === 0 ? stdout.split("\n").filter((line) => line !== "") : [];
    }),
  );
  const ids = [...new Set(lists.flat())];
  if (ids.length === 0) return [];
  const fields = [
    ".Name",
    ".Path",
    ".State.Status",
    ".Config.Labels",
    ".NetworkSettings.Networks",
    ".Mounts",
  ];
  const format = `--format=[${fields.map((field) => `{{json ${field}}}`).join(",")}]`;
  // One that went in between is missing in what is printed.
  const { stdout } = await engine.attempt(["inspect", "--type=container", format, ...ids]);
  return stdout.split("\n").flatMap((line) => (line === "" ? [] : readContainer(line)));
}

interface Mount {
  Name?: string;
  Source: string;
  RW: boolean;
}

function readContainer(line: string): Container[] {
  const [name, path, status, labels, networks, mounts] = JSON.parse(line) as [
    string,
    string,
    string,
    Record<string, string> | null,
    Record<string, unknown> | null,
    Mount[] | null,
  ];
  if (path === neverStarted) return [];
  return [
    {
      name: name.replace(/^\//, ""),
      status,
      labels: readLabels(labels),
      composeProject: labels?.["com.docker.compose.project"],
      networks: Object.keys(networks ?? {}).filter((network) => !engineNetworks.includes(network)),
      writes: (mounts ?? []).flatMap(({ Name, Source, RW }) => (RW ? [Name ?? Source] : [])),
    },
  ];
}

async function listNetworks(engine: Engine): Promise<string[]> {
  const { stdout } = await engine.attempt(["network", "ls", "--format={{.Name}}"]);
  return stdout.split("\n");
}

/** Whether a killed update of this stack made it and left it half made, or it lost its networks: nobody starts it again. */
function isLeftOver({ labels, status, networks }: Container, existing: string[]): boolean {
  if (labels.stack !== nameStack()) return false;
  if (networks.length === 0) return status === "created";
  return ["created", "exited", "dead"].includes(status) && !networks.some((name) => existing.includes(name));
}

function isSame(labels: Container["labels"], service: string): boolean {
  return labels.stack === nameStack() && labels.service === service;
}

function describeTaken(title: string, taken: { name: string; found: Container[] }[]): string {
  const places = taken.map(({ name, found }) => `${name} by ${found.map(describeUser).join(" and ")}`);
  const names = [...new Set(taken.flatMap(({ found }) => found.map(({ name }) => name)))];
  return `${title}: data must be used by one deployment alone, got ${places.join("; ")}. Nothing of it was started. Deploy from the state that these containers are in, or remove them from there; where that state is gone: docker rm --force ${names.join(" ")} (the data stay). Or take another name or volume.`;
}

function describeUser({ name, labels: { stack, service }, composeProject, status }: Container): string {
  const compose =
    composeProject === undefined ? "not of Flotilla" : `of the Compose project ${composeProject}`;
  return `${name} (${stack === undefined ? compose : `${service ?? "part"} of stack ${stack}`}, ${status})`;
}
