import type { DataVolume } from "../engine/data-volumes";
import { describeCall } from "./call";
import { type MeasuredVolume, ofStack, withoutOwner } from "./data-volumes";
import { countWords } from "./progress/words";
import type { Deployment, KeptSecret, ProtectedResource } from "./deployment";

/** The things that the next deployment of a stack goes on with. */
export interface Kept extends Pick<Deployment, "secrets" | "replicas" | "images"> {
  volumes: DataVolume[];
}

/** Says how much a `down` removes. */
export function describeRemovable({ removable }: Deployment): string {
  const parts = Object.entries(removable).flatMap(([title, count]) =>
    count === 0 ? [] : [countWords(count, title, title.replace(/^\w+/, "$&s"))],
  );
  return `This removes ${parts.length === 0 ? "nothing that runs" : parts.join(", ")}.`;
}

/** Names all that stays, and the command that removes it. */
export function describeKept(stack: string, { volumes, secrets, replicas, images }: Kept): string {
  const pair = (told: Record<string, number | string>): string[] =>
    Object.entries(told).map(([pool, value]) => `${pool}=${value}`);
  const [counts, told] = [pair(replicas), pair(images)];
  const parts = [
    ...(volumes.length === 0 ? [] : [`the data in ${list(volumes)}`]),
    ...(secrets.length === 0 ? [] : [`what was generated (${list(secrets)})`]),
    ...(counts.length === 0 ? [] : [`replica counts (${counts.join(", ")})`]),
    ...(told.length === 0 ? [] : [`images of deploy (${told.join(", ")})`]),
  ];
  if (parts.length === 0) return "Images and backups stay.";
  return `The next up goes on with what stays: ${parts.join("; ")}. To remove it for good: ${describeCall("down", ...ofStack(stack), "--volumes")}\nImages and backups stay in any case.`;
}

/** Names all that was removed for good. */
export function describeRemoved(volumes: string[], secrets: KeptSecret[]): string {
  return `Removed for good: ${[...volumes, ...secrets.map(({ name }) => name)].join(", ")}.`;
}

/** Names the secrets that stay in the state when the data are gone. */
export function describeStaying(secrets: KeptSecret[]): string {
  return `Backups stay, and with them in the state: ${list(secrets)}.`;
}

/** Names the resources that Pulumi refuses to delete. */
export function describeLeft(guarded: ProtectedResource[]): string {
  const names = guarded.map(({ name, stands }) => (stands === undefined ? name : `${name} (${stands})`));
  return `Left in the state, because they are protected: ${names.join(", ")}.`;
}

/** Lists the loss, a line for each volume. */
export function describeLoss(volumes: MeasuredVolume[], secrets: KeptSecret[]): string {
  const lines = volumes.map((volume) => {
    const { name, size } = volume;
    return `  ${name}: ${size === undefined ? "" : `${size}, `}${describeContent(volume)}`;
  });
  const going = secrets.filter(({ isOfBackups }) => !isOfBackups);
  const generated = `  what was generated: ${list(going)}; what was encrypted with it stays unreadable, in backups too`;
  return [...lines, ...(going.length === 0 ? [] : [generated])].join("\n");
}

function describeContent({ store, engine, files, service }: DataVolume): string {
  if (store !== "") return `the data of datastore ${store} (${engine})`;
  return files === "" ? `the data of ${service}` : "files that replicas share";
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
  return `Protected, so nothing was touched: ${list(kept)}. Set datastores.${store}.protect to false in Pulumi.${withoutOwner(stack)}.yaml${kept.length > 1 ? ", likewise for the others" : ""}, run ${describeCall("up", ...ofStack(stack))}, and then this again.`;
}

function list(named: { name: string }[]): string {
  return named.map(({ name }) => name).join(", ");
}
