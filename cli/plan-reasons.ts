import type { Inputs, Step } from "./printed-plan";

const words: Partial<Record<string, string>> = {
  cpus: "processors",
  healthcheck: "health check",
  memory: "memory",
  networksAdvanced: "networks",
  ports: "published ports",
  uploads: "files",
  user: "user",
  volumes: "volumes",
};

/** The changes of a container, in words; the image before and after where both are known. */
export function describeReasons(
  { op, diffReasons, oldState, newState }: Step,
  images?: [string, string],
): string[] {
  if (op === "same" || op === "create" || op === "delete") return [];
  const reasons = (diffReasons ?? []).filter((reason) => reason !== "memorySwap");
  return [...new Set(reasons)].sort().map((reason) => {
    if (reason === "image") return describeImage(images);
    if (reason === "envs") return describeVariables(oldState?.inputs?.envs, newState?.inputs?.envs);
    if (reason === "memory")
      return `memory ${showMiB(oldState?.inputs?.memory)} → ${showMiB(newState?.inputs?.memory)}`;
    return words[reason] ?? reason;
  });
}

function describeImage(images: [string, string] | undefined): string {
  if (images === undefined) return "image: other content";
  const [before, after] = images;
  return before === after ? `image \`${after}\`: other content` : `image \`${before}\` → \`${after}\``;
}

/** Names alone: values may be secret. */
function describeVariables(before: Inputs["envs"], after: Inputs["envs"]): string {
  if (!Array.isArray(before) || !Array.isArray(after)) return "environment";
  const [old, next] = [new Set(before), new Set(after)];
  const changed = [...before.filter((each) => !next.has(each)), ...after.filter((each) => !old.has(each))];
  const names = [...new Set(changed.map((each) => each.replace(/=.*$/s, "")))].sort();
  return `environment ${names.map((name) => `\`${name}\``).join(", ")}`;
}

/** An amount of memory; none is no limit. */
export function showMiB(amount: number | undefined): string {
  return amount === undefined || amount === 0 ? "unlimited" : `${amount} MiB`;
}
