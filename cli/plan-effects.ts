import {
  type ContainerChange,
  type DrainedPool,
  readCanaries,
  readContainers,
  readDrains,
  readVolumes,
  sharesFront,
  type TriedPool,
  isOfPool,
} from "./plan";
import { showMiB } from "./plan-reasons";
import type { Plan } from "./printed-plan";

/** Titles of what `listPools` gives. */
export const poolHead = ["pool", "what changes", "replicas", "least during the change", "most at a time"];

/** A row for each pool, with the replicas that can take requests in the worst moment; in Markdown. */
export function listPools(plan: Plan): string[][] {
  return [...groupPools(readContainers(plan))].sort(compareKeys).map(([pool, replicas]) => {
    const { before, after, least, most } = countReplicas(replicas);
    const share = before === 0 ? "–" : `${least} (${Math.floor((least / before) * 100)} %)`;
    const count = before === after ? String(after) : `${before} → ${after}`;
    return [`\`${pool}\``, describePool(replicas), count, share, String(most)];
  });
}

/** The costs of an update, with a title for each; in Markdown. */
export function listEffects(plan: Plan): [title: string, text: string][] {
  const containers = readContainers(plan);
  return [
    ["Interruptions:", describeCuts(containers)],
    ...readCanaries(plan).map(describeCanary),
    ...readDrains(plan).map(describeDrain),
    ["Memory:", describeMemory(containers)],
    ["Data:", describeData(plan)],
  ];
}

/** Replicas before, after, and in the moments with the fewest and the most of them. */
function countReplicas(replicas: ContainerChange[]): Record<"before" | "after" | "least" | "most", number> {
  const count = (...changes: string[]) => replicas.filter(({ change }) => changes.includes(change)).length;
  const before = replicas.length - count("created");
  const after = replicas.length - count("deleted");
  const replaced = replicas.filter(({ change }) => change === "replaced");
  const oneByOne = replaced.length > 0 && replaced.some(({ goesFirst }) => goesFirst);
  // One by one, the replica that is being replaced is missing; otherwise the old ones stay until all new ones are healthy.
  const least = Math.max(0, Math.min(before, after) - (oneByOne ? 1 : 0));
  return { before, after, least, most: before + count("created") + (oneByOne ? 0 : replaced.length) };
}

function describePool(replicas: ContainerChange[]): string {
  const changed = replicas.filter(({ change }) => change !== "same");
  if (changed.length === 0) return "nothing";
  const count = (kind: string) => changed.filter(({ change }) => change === kind).length;
  const replaced = changed.filter(({ change }) => change === "replaced");
  const reasons = [...new Set(changed.flatMap((container) => container.reasons))];
  const strategy = replaced.some(({ goesFirst }) => goesFirst) ? "rolling" : "blue-green";
  const parts = [
    ...(count("created") === replicas.length
      ? ["new"]
      : count("created") > 0
        ? [`${count("created")} more`]
        : []),
    ...(count("deleted") === replicas.length
      ? ["removed"]
      : count("deleted") > 0
        ? [`${count("deleted")} fewer`]
        : []),
    ...reasons,
    ...(replaced.length === 0 ? [] : [`${replaced.length} replaced, ${strategy}`]),
    ...(count("updated") === 0 ? [] : [`${count("updated")} updated in place`]),
  ];
  return parts.join("; ");
}

/** All that is unreachable for a while: that which ends before its successor starts. */
function describeCuts(containers: ContainerChange[]): string {
  const cuts = containers
    .filter(
      ({ labels, change }) =>
        !isOfPool(labels) && !sharesFront(labels) && ["replaced", "deleted"].includes(change),
    )
    .map((container) => {
      const { name, change, labels, reasons, mostSeconds } = container;
      const what =
        labels.role === "balancer" ? "the balancer" : labels.role === "store" ? "the store" : "the server";
      if (change === "deleted") return `${what} \`${name}\` is removed`;
      const why = reasons.length === 0 ? "" : ` (${reasons.join(", ")})`;
      const most = mostSeconds.stop + mostSeconds.start;
      return `${what} \`${name}\` is replaced${why}: unreachable from its end until its successor is healthy, at most ${most} seconds`;
    });
  const gone = [...groupPools(containers)].filter(([, replicas]) =>
    replicas.every(({ change }) => change === "deleted"),
  );
  const all = [...cuts, ...gone.map(([pool]) => `the pool \`${pool}\` is removed`)];
  return all.length === 0 ? "none" : all.join("; ");
}

/** Says how new replicas get their first requests. */
function describeCanary({ pool, canary }: TriedPool): [string, string] {
  const { steps, seconds, mostSeconds } = canary;
  const shares = steps.join(", ").replace(/, (\d+)$/, " and $1");
  const [least, most] = [seconds, mostSeconds].map((each) => each * steps.length);
  return [
    `Canary of \`${pool}\`:`,
    `${shares} per cent of the requests go to the new replicas first, for ${least} seconds in all, and at most ${most} where few come; where these fail or are slow, all go to the old ones again, and the update fails`,
  ];
}

/** Says how long an old replica's requests and streams may go on. */
function describeDrain({ pool, drainSeconds, streamSeconds }: DrainedPool): [string, string] {
  const streams =
    streamSeconds === undefined ? "" : `, and end WebSockets and streams after ${streamSeconds} seconds`;
  return [
    `Old replicas of \`${pool}\``,
    `cut requests that go on for longer than ${drainSeconds} seconds${streams}`,
  ];
}

/** The replicas by their pool, which is named with its service where there are several. */
function groupPools(containers: ContainerChange[]): Map<string, ContainerChange[]> {
  const replicas = containers.filter(({ labels }) => isOfPool(labels));
  const isOneService = new Set(replicas.map(({ labels }) => labels.service)).size === 1;
  const pools = new Map<string, ContainerChange[]>();
  for (const replica of replicas) {
    const { service = "", pool = "" } = replica.labels;
    const key = isOneService ? pool : `${service}/${pool}`;
    pools.set(key, [...(pools.get(key) ?? []), replica]);
  }
  return pools;
}

/** The limits of all containers together. Old ones go last, but those that must go before their successors. */
function describeMemory(containers: ContainerChange[]): string {
  let [before, after, peak] = [0, 0, 0];
  for (const { memory, change, goesFirst } of containers) {
    const [old, next] = [memory.before ?? 0, memory.after ?? 0];
    before += old;
    after += next;
    peak += change === "replaced" && !goesFirst ? old + next : Math.max(old, next);
  }
  const unlimited = containers.filter(
    ({ memory, change }) => (change === "deleted" ? memory.before : memory.after) === undefined,
  ).length;
  const besides =
    unlimited === 0 ? "" : `, and ${unlimited} of ${containers.length} containers have no limit`;
  return `at most ${showMiB(peak || undefined).replace("unlimited", "0 MiB")} during the change, ${before} MiB before and ${after} MiB after it${besides}`;
}

function describeData(plan: Plan): string {
  const changed = readVolumes(plan);
  if (changed.length === 0) return "nothing at risk";
  return changed
    .map(({ name, change, kept }) =>
      kept
        ? `volume \`${name}\` is no longer used and stays with its data`
        : `**volume \`${name}\` is ${change}, and its data are lost**`,
    )
    .join("; ");
}

function compareKeys([one]: [string, unknown], [other]: [string, unknown]): number {
  return one < other ? -1 : 1;
}
