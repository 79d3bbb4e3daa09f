import { readFileSync } from "node:fs";
import { join } from "node:path";
import { tryDocker } from "../components/internal/scripts/docker";
import { ask, projectFolder } from "./machine.cjs";

/** A volume in which a datastore of a stack keeps its data, or replicas keep files. */
export interface DataVolume {
  name: string;
  /** Name of the datastore; empty for files that replicas share. */
  store: string;
  engine: string;
  /** How much is in it; undefined where the engine does not say so soon. */
  size: string | undefined;
}

/** The environment in which Docker's command line reaches the engine that a stack is deployed to. */
export async function withEngineOf(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<NodeJS.ProcessEnv> {
  const host = await ask("pulumi", ["config", "get", "docker:host", `--stack=${stack}`], environment);
  return host === undefined || host === "" ? environment : { ...environment, DOCKER_HOST: host };
}

/** The volumes with the data of a stack's datastores; undefined when the engine cannot be asked. */
export async function findDataVolumes(
  stack: string,
  environment: NodeJS.ProcessEnv,
): Promise<DataVolume[] | undefined> {
  const label = `${readProjectName()}/${withoutOwner(stack)}`;
  const filters = [`label=flotilla.stack=${label}`, "label=flotilla.role=data"];
  const format = '{{.Name}} {{.Label "flotilla.store"}} {{.Label "flotilla.engine"}}';
  const args = ["volume", "ls", `--format=${format}`, ...filters.map((filter) => `--filter=${filter}`)];
  const listed = await ask("docker", args, environment);
  return listed
    ?.split("\n")
    .filter((line) => line !== "")
    .map((line) => {
      const [name = "", store = "", engine = ""] = line.split(" ");
      return { name, store, engine, size: undefined };
    });
}

/** Adds how much is in them. */
export async function measure(volumes: DataVolume[], environment: NodeJS.ProcessEnv): Promise<DataVolume[]> {
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

function readProjectName(): string {
  const [, name = ""] = /^name: *(\S+)/m.exec(readFileSync(join(projectFolder, "Pulumi.yaml"), "utf8")) ?? [];
  return name;
}
