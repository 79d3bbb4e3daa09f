import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DataVolume, listDataVolumes } from "../engine/data-volumes";
import { tryDocker } from "../engine/docker";
import { ask, stackFolder } from "./bare/machine.cjs";

/** A volume with data, and how much is in it, where the engine says so soon. */
export interface MeasuredVolume extends DataVolume {
  size?: string | undefined;
}

/** The environment in which Docker's command line reaches the engine that a stack is deployed to. */
export async function withEngineOf(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const host = await ask("pulumi", ["config", "get", "docker:host", `--stack=${stack}`], environment);
  return host === undefined || host === "" ? environment : { ...environment, DOCKER_HOST: host };
}

/** The volumes with the data of a stack; undefined when the engine cannot be asked. */
export function findDataVolumes(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<DataVolume[] | undefined> {
  return listDataVolumes(labelOf(stack), environment).catch(() => undefined);
}

/** Adds how much is in them. */
export async function measure(
  volumes: DataVolume[],
  environment: NodeJS.ProcessEnv,
): Promise<MeasuredVolume[]> {
  const format = "{{range .Volumes}}{{.Name}} {{.Size}}\n{{end}}";
  const listed = await ask("docker", ["system", "df", "--verbose", `--format=${format}`], environment);
  const sizes = new Map(
    (listed ?? "").split("\n").map((line): [string, string | undefined] => {
      const [name = "", size] = line.split(" ");
      return [name, size];
    }),
  );
  return volumes.map((volume) => ({ ...volume, size: sizes.get(volume.name) }));
}

/** Removes volumes; tells which were removed, and why others were not. */
export async function removeVolumes(
  volumes: DataVolume[],
  environment: NodeJS.ProcessEnv,
): Promise<{ removed: string[]; errors: string[] }> {
  const removed: string[] = [];
  const errors: string[] = [];
  for (const { name } of volumes) {
    const { code, stderr } = await tryDocker(["volume", "rm", name], undefined, environment);
    if (code === 0) removed.push(name);
    else errors.push(`The volume ${name} was not removed: ${stderr.trim()}`);
  }
  return { removed, errors };
}

/** A stack's name alone, as the program and its files know it. */
export function withoutOwner(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** A stack as the label of all that it made names it. */
export function labelOf(stack: string): string {
  const project = readFileSync(join(stackFolder, "Pulumi.yaml"), "utf8");
  return `${/^name: *"?([\w.-]+)/m.exec(project)?.[1] ?? ""}/${withoutOwner(stack)}`;
}
