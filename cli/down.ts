import type { DataVolume } from "../engine/data-volumes";
import { describeCall } from "./call";
import {
  findDataVolumes,
  measure,
  type MeasuredVolume,
  removeVolumes,
  findEngine,
  withoutOwner,
} from "./data-volumes";
import { Failure } from "./failure";
import { askUser, say } from "./processes";
import type { Pulumi } from "./pulumi";
import type { Result } from "./result";

/** A resource that Pulumi refuses to delete. */
export interface ProtectedResource {
  /** Its name in the state. */
  name: string;
  /** Name of what it stands for on the engine. */
  stands: string | undefined;
}

/** The options of a `down`. */
export interface DownRequest {
  stack: string;
  /** Whether the data go too. */
  volumes: boolean;
  yes: boolean;
  json: boolean;
}

/** The result of a `down` beside Pulumi's. */
export type Down = Pick<Result, "ok"> & Required<Pick<Result, "volumes" | "left">>;

/**
 * Takes a stack down by `destroy`, and its data too where that is asked for: all that stands against it is found before
 * anything is touched.
 */
export async function takeDown(
  asked: DownRequest,
  pulumi: Pulumi,
  destroy: (options: string[]) => Promise<boolean>,
): Promise<Down> {
  const engine = await findEngine(pulumi);
  const [found, guarded] = await Promise.all([findDataVolumes(engine, asked.stack), findProtected(pulumi)]);
  const volumes = found ?? [];
  const kept = { volumes: { kept: volumes.map(({ name }) => name), removed: [] }, left: [] };
  if (asked.volumes) {
    const refusal =
      found === undefined
        ? "The engine does not say which volumes the stack has; nothing was touched."
        : (refuseProtected(asked.stack, volumes, guarded) ??
          (await askFirst(asked, await measure(engine, volumes))));
    if (refusal !== undefined) throw new Failure(refusal, kept);
  }
  const isAgreed = asked.volumes && volumes.length > 0;
  if (!(await destroy(["--exclude-protected", ...(isAgreed ? ["--yes", "--skip-preview"] : [])])))
    return { ...kept, ok: false };
  const left = guarded.map(({ name }) => name);
  if (left.length > 0) say(`Left in the state, because they are protected: ${describe(guarded)}.`);
  if (!asked.volumes) {
    if (volumes.length > 0) say(describeKept(asked.stack, volumes));
    return { ...kept, ok: true, left };
  }
  const { removed, errors } = await removeVolumes(engine, volumes);
  if (removed.length > 0) say(`Removed for good: ${removed.join(", ")}.`);
  const rest = volumes.map(({ name }) => name).filter((name) => !removed.includes(name));
  const gone = { left, volumes: { kept: rest, removed } };
  if (errors.length > 0) throw new Failure(errors.join("\n"), { ...gone, errors });
  return { ok: true, ...gone };
}

/** Where the data stay, and what removes them. */
export function describeKept(stack: string, volumes: DataVolume[]): string {
  const names = volumes.map(({ name }) => name).join(", ");
  return `The data stay where the next up finds them, in ${names}. To remove them for good: ${describeCall("down", ...ofStack(stack), "--volumes")}`;
}

function ofStack(stack: string): string[] {
  return stack === "dev" ? [] : ["--stack", stack];
}

/** Why data must not be removed that the configuration protects; undefined when none are. */
export function refuseProtected(
  stack: string,
  volumes: DataVolume[],
  guarded: ProtectedResource[],
): string | undefined {
  const names = new Set(guarded.map(({ stands }) => stands));
  const kept = volumes.filter(({ name }) => names.has(name));
  if (kept.length === 0) return undefined;
  const [{ store } = { store: "" }] = kept;
  return `Protected, so nothing was touched: ${kept.map(({ name }) => name).join(", ")}. Set datastores.${store}.protect to false in Pulumi.${withoutOwner(stack)}.yaml${kept.length > 1 ? ", likewise for the others" : ""}, run ${describeCall("up", ...ofStack(stack))}, and then this again.`;
}

/** Lets the user confirm what will be lost; gives the reason when it is not to be. */
async function askFirst(
  { stack, yes, json }: DownRequest,
  volumes: DataVolume[],
): Promise<string | undefined> {
  if (volumes.length === 0 || yes) return undefined;
  const list = describeVolumes(volumes);
  if (json || !process.stdin.isTTY)
    return `This would remove for good, and there is nobody to ask: add --yes.\n${list}`;
  say(`This removes for good:\n${list}`);
  const answer = await askUser(`To go on, type the stack's name (${stack}): `);
  return answer === stack ? undefined : "Nothing was touched.";
}

/** One line for each volume. */
export function describeVolumes(volumes: MeasuredVolume[]): string {
  return volumes
    .map((volume) => {
      const { name, size } = volume;
      return `  ${name}: ${size === undefined ? "" : `${size}, `}${describeContent(volume)}`;
    })
    .join("\n");
}

function describeContent({ store, engine, files, service }: DataVolume): string {
  if (store !== "") return `the data of datastore ${store} (${engine})`;
  return files === "" ? `the data of ${service}` : "files that replicas share";
}

function describe(guarded: ProtectedResource[]): string {
  return guarded.map(({ name, stands }) => (stands === undefined ? name : `${name} (${stands})`)).join(", ");
}

/** The resources of a stack that Pulumi refuses to delete. */
async function findProtected(pulumi: Pulumi): Promise<ProtectedResource[]> {
  const { ok, text } = await pulumi.print(["stack", "export"]);
  // Whoever took no answer for none would remove protected data.
  if (!ok)
    throw new Failure(
      `Pulumi does not say what of the stack ${pulumi.stack} is protected, for the reason above; nothing was touched.`,
    );
  return readProtected(text);
}

interface ExportedState {
  deployment?: {
    resources?: { urn: string; protect?: boolean; inputs?: { name?: unknown } }[];
  };
}

/** Reads them from an exported state. */
export function readProtected(state: string): ProtectedResource[] {
  const { deployment } = JSON.parse(state) as ExportedState;
  return (deployment?.resources ?? [])
    .filter(({ protect }) => protect === true)
    .map(({ urn, inputs }) => ({
      name: urn.slice(urn.lastIndexOf("::") + 2),
      stands: typeof inputs?.name === "string" ? inputs.name : undefined,
    }));
}
