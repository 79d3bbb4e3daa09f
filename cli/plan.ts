import { type Canary, type CanaryTask, isWithoutCanary } from "../deploy/canary-settings";
import { describeReasons } from "./plan-reasons";
import type { Plan, State, Step } from "./printed-plan";
import { nameOfUrn } from "./progress/engine-log";

/** A container in an update. */
export interface ContainerChange {
  name: string;
  change: "created" | "replaced" | "updated" | "deleted" | "same";
  /** Labels of Flotilla, without their common start. */
  labels: Record<string, string | undefined>;
  /** MiB before and after; undefined where there is no limit, or no container. */
  memory: { before: number | undefined; after: number | undefined };
  /** The changes, in words. */
  reasons: string[];
  /** Whether it goes before its successor comes. */
  goesFirst: boolean;
  /** Most seconds that it has to end, and that its successor has to become healthy. */
  mostSeconds: { stop: number; start: number };
}

/** A pool of which replicas go, and how long what they have may go on. */
export interface DrainedPool {
  pool: string;
  drainSeconds: number;
  /** Of an earlier version's replicas nothing is known. */
  streamSeconds?: number;
}

/** A volume with data that a plan takes out of the stack, or makes anew. */
export interface VolumeChange {
  name: string;
  change: "deleted" | "replaced";
  /** Whether Docker keeps it. */
  kept: boolean;
}

const changes = {
  create: "created",
  import: "created",
  replace: "replaced",
  "create-replacement": "replaced",
  update: "updated",
  delete: "deleted",
  same: "same",
} as const;

/** Reads a plan's containers. */
export function readContainers({ steps = [] }: Plan): ContainerChange[] {
  const images = readImages(steps);
  const rolling = findRollingPools(steps);
  return steps.flatMap((step) => {
    const { op, urn, oldState, newState } = step;
    const state = newState ?? oldState;
    if (state?.type !== "docker:index/container:Container" || !isKnown(op)) return [];
    const name = nameOfUrn(urn);
    const labels = readLabels(state);
    return [
      {
        name,
        change: changes[op],
        labels,
        memory: { before: oldState?.inputs?.memory, after: newState?.inputs?.memory },
        reasons: describeReasons(step, images.get(imageOf(name, labels))),
        goesFirst: isOfPool(labels) ? rolling.has(poolOf(labels)) : !sharesFront(labels),
        mostSeconds: {
          stop: oldState?.inputs?.destroyGraceSeconds ?? 0,
          start: readSeconds(newState?.inputs?.healthcheck?.startPeriod),
        },
      },
    ];
  });
}

/** Reads a plan's volumes with data, those that it changes. */
export function readVolumes({ steps = [] }: Plan): VolumeChange[] {
  return steps.flatMap(({ op, oldState }) => {
    if (oldState?.type !== "docker:index/volume:Volume" || !isKnown(op)) return [];
    const change = changes[op];
    if (change !== "deleted" && change !== "replaced") return [];
    const { role } = readLabels(oldState);
    if (role !== "data" && role !== "backups") return [];
    return [{ name: oldState.inputs?.name ?? "", change, kept: oldState.retainOnDelete === true }];
  });
}

/** Reads which pools lose replicas, as the commands say by which these leave. */
export function readDrains({ steps = [] }: Plan): DrainedPool[] {
  const pools = steps.flatMap(({ op, oldState }): [string, DrainedPool][] => {
    if (!isKnown(op) || (changes[op] !== "replaced" && changes[op] !== "deleted")) return [];
    const { upstream, drainSeconds, streamSeconds }: Leaving = {
      ...readTask(oldState),
      ...readInput(oldState),
    };
    if (upstream === undefined || drainSeconds === undefined) return [];
    const times = streamSeconds === undefined ? {} : { streamSeconds };
    return [[upstream, { pool: upstream, drainSeconds, ...times }]];
  });
  return [...new Map(pools).values()].sort((a, b) => (a.pool < b.pool ? -1 : 1));
}

/** The end of a replica, as its command has it; others say nothing of one. */
interface Leaving {
  upstream?: string;
  drainSeconds?: number;
  streamSeconds?: number;
}

/** A pool whose new replicas are let in by steps. */
export interface TriedPool {
  pool: string;
  canary: Canary;
}

/** Reads which pools get new replicas for all old ones, and have a canary for that, as the commands say that tell balancers of them. */
export function readCanaries(plan: Plan): TriedPool[] {
  if (isWithoutCanary()) return [];
  const replicas = readContainers(plan).filter(({ labels }) => labels.role === "replica");
  const isReplaced = (push: string, pool: string): boolean => {
    const own = replicas.filter(
      ({ labels }) => labels.pool === pool && push.startsWith(`${labels.service}-`),
    );
    return own.some(({ change }) => change === "replaced") && own.every(({ change }) => change !== "same");
  };
  return (plan.steps ?? []).flatMap(({ urn, newState }) => {
    const { canaries = {} } = readTask(newState) as CanaryTask;
    return Object.entries(canaries)
      .filter(([pool]) => isReplaced(nameOfUrn(urn), pool))
      .map(([pool, canary]) => ({ pool, canary }));
  });
}

/** Values that a command is given by its environment. */
function readTask(state: State | undefined): object {
  const { environment } = state?.inputs ?? {};
  const task = typeof environment === "object" ? environment.FLOTILLA_TASK : undefined;
  // A secret is another text instead.
  return task?.startsWith("{") === true ? (JSON.parse(task) as object) : {};
}

/** Values that a command is given by its standard input. */
function readInput(state: State | undefined): object {
  const { stdin } = state?.inputs ?? {};
  return stdin?.startsWith("{") === true ? (JSON.parse(stdin) as object) : {};
}

/** Number of resources by what is done to them, without what stays as it is. */
export function countChanges({ steps = [] }: Plan): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { op } of steps)
    if (isKnown(op) && op !== "same") counts[changes[op]] = (counts[changes[op]] ?? 0) + 1;
  return counts;
}

/** Names of the resources of a plan by what is done to them. */
export function listChanges({ steps = [] }: Plan): { change: string; name: string; type: string }[] {
  return steps.flatMap(({ op, urn, oldState, newState }) =>
    isKnown(op) && op !== "same"
      ? [{ change: changes[op], name: nameOfUrn(urn), type: (newState ?? oldState)?.type ?? "" }]
      : [],
  );
}

function isKnown(op: string): op is keyof typeof changes {
  return op in changes;
}

function readLabels({ inputs }: State): Record<string, string | undefined> {
  const labels = Array.isArray(inputs?.labels) ? inputs.labels : [];
  return Object.fromEntries(labels.map(({ label, value }) => [label.replace(/^flotilla\./, ""), value]));
}

/** Pools whose replicas are replaced one by one: but for the first, each waits for the one before. */
function findRollingPools(steps: Step[]): Set<string> {
  const waiting = steps.flatMap(({ newState }) => {
    if (newState === undefined) return [];
    const pool = poolOf(readLabels(newState));
    const members = (newState.dependencies ?? [])
      .map(nameOfUrn)
      .filter((name) => /-\d+-(?:rolling-member|member|gate)$/.test(name));
    return members.some((name) => name.startsWith(`${pool}-`)) ? [pool] : [];
  });
  return new Set(waiting);
}

/** Whether a container is a replica of a pool, with a port or without. */
export function isOfPool({ role = "" }: ContainerChange["labels"]): boolean {
  return ["replica", "worker"].includes(role);
}

/** Whether others of its kind have the same network and ports, so that it can be replaced beside them. */
export function sharesFront({ number }: ContainerChange["labels"]): boolean {
  return number !== undefined;
}

/** Start of the names of a pool's resources. */
function poolOf({ service = "", pool = "" }: ContainerChange["labels"]): string {
  return `${service}-${pool}`;
}

/** Images by the name of the command that finds them, before and after. */
function readImages(steps: Step[]): Map<string, [string, string]> {
  const found = steps.flatMap(({ urn, oldState, newState }): [string, [string, string]][] => {
    const [before, after] = [oldState, newState].map((state) => {
      const triggers = state?.inputs?.triggers;
      return Array.isArray(triggers) && typeof triggers[0] === "string" ? triggers[0] : undefined;
    });
    return nameOfUrn(urn).endsWith("-image") && before !== undefined && after !== undefined
      ? [[nameOfUrn(urn), [before, after]]]
      : [];
  });
  return new Map(found);
}

function imageOf(name: string, labels: ContainerChange["labels"]): string {
  const { service, role, number } = labels;
  if (isOfPool(labels)) return `${poolOf(labels)}-image`;
  // All balancers of a component have the same.
  if (number !== undefined) return `${service ?? ""}-balancer-image`;
  return role === "store" ? `${service ?? ""}-image` : `${name}-image`;
}

/** Reads a duration of Go, like `1m30s`. */
function readSeconds(text = ""): number {
  const [, hours = 0, minutes = 0, seconds = 0] = /^(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}
