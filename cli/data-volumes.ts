import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type DataVolume, listDataVolumes } from "../engine/data-volumes";
import { connect, type Engine } from "../engine/client";
import { stackFolder } from "./bare/machine.cjs";
import type { Pulumi } from "./pulumi";

/** Seconds that an engine may take to say how much there is. */
const soonSeconds = 20;

/** A volume with data, and how much is in it, where the engine says so soon. */
export interface MeasuredVolume extends DataVolume {
  size?: string | undefined;
}

/** The engine that a stack is deployed to. */
export async function findEngine(pulumi: Pick<Pulumi, "setting" | "environment">): Promise<Engine> {
  return connect({ host: await pulumi.setting("docker:host"), environment: pulumi.environment });
}

/** The volumes with the data of a stack; undefined when the engine cannot be asked. */
export function findDataVolumes(engine: Engine, stack: string): Promise<DataVolume[] | undefined> {
  return listDataVolumes(engine, labelOf(stack)).catch(() => undefined);
}

/** Adds how much is in them. */
export async function measure(engine: Engine, volumes: DataVolume[]): Promise<MeasuredVolume[]> {
  const format = "{{range .Volumes}}{{.Name}} {{.Size}}\n{{end}}";
  const args = ["system", "df", "--verbose", `--format=${format}`];
  const listed = await engine.attempt(args, { seconds: soonSeconds }).then(
    ({ code, stdout }) => (code === 0 ? stdout : ""),
    () => "",
  );
  const sizes = new Map(
    listed.split("\n").map((line): [string, string | undefined] => {
      const [name = "", size] = line.split(" ");
      return [name, size];
    }),
  );
  return volumes.map((volume) => ({ ...volume, size: sizes.get(volume.name) }));
}

/** Removes volumes; tells which were removed, and why others were not. */
export async function removeVolumes(
  engine: Engine,
  volumes: DataVolume[],
): Promise<{ removed: string[]; errors: string[] }> {
  const removed: string[] = [];
  const errors: string[] = [];
  for (const { name } of volumes) {
    const { code, stderr } = await engine.attempt(["volume", "rm", name]);
    if (code === 0) removed.push(name);
    else errors.push(`The volume ${name} was not removed: ${stderr.trim()}`);
  }
  return { removed, errors };
}

/** A stack's name alone, as the program and its files know it. */
export function withoutOwner(stack: string): string {
  return stack.slice(stack.lastIndexOf("/") + 1);
}

/** The words by which a command is told the stack. */
export function ofStack(stack: string): string[] {
  return stack === "dev" ? [] : ["--stack", stack];
}

/** A stack as the label of all that it made names it. */
export function labelOf(stack: string): string {
  const project = readFileSync(join(stackFolder, "Pulumi.yaml"), "utf8");
  return `${/^name: *"?([\w.-]+)/m.exec(project)?.[1] ?? ""}/${withoutOwner(stack)}`;
}
