import type { PoolTask } from "../../deploy/tasks";
import { type Labels, readLabels } from "../../engine/labels";
import { titleOf } from "../../engine/parts";
import { type EngineStep, nameOfUrn } from "./engine-log";

/** The kinds of things that an update is about. */
export type Kind =
  | "replica"
  | "worker"
  | "balancer"
  | "store"
  | "server"
  | "image"
  | "settings"
  | "network"
  | "volume"
  | "secret"
  | "other";

/** A thing that an update is about, by the name that users have for it. */
export interface Subject {
  kind: Kind;
  /** Name of its component; empty for what is of none. */
  component: string;
  /** Pool of a replica or worker; empty for all else. */
  pool: string;
  title: string;
}

/** Which of the resources that make a thing up: its container, what waits for its health, what tells a balancer of it. */
export type Aspect = "thing" | "gate" | "push" | "pool";

/** The meaning of a resource of Pulumi's to users. */
export interface Meaning {
  subject: Subject;
  aspect: Aspect;
  /** Of a command by which replicas of a pool come and go: which ones, and the title of their balancer. */
  members?: Members;
}

/** Replicas that come and go together. */
export interface Members {
  replicas: Subject[];
  balancer: string;
}

/** Finds what a step is about; undefined for what users have no name for: stacks, components, providers. */
export function findMeaning(step: EngineStep): Meaning | undefined {
  const component = nameOfUrn((step.new ?? step.old)?.parent ?? "");
  const name = withoutStart(nameOfUrn(step.urn), component);
  switch (step.type) {
    case "docker:index/container:Container":
      return { aspect: "thing", subject: describeContainer(readStepLabels(step), component, name) };
    case "docker:index/network:Network":
      return { aspect: "thing", subject: { kind: "network", component, pool: "", title: name } };
    case "docker:index/volume:Volume":
      return { aspect: "thing", subject: { kind: "volume", component, pool: "", title: name } };
    case "command:local:Command":
      return describeCommand(step, component, name);
    default:
      return undefined;
  }
}

/** The name of a resource without that of its component, with which it begins. */
function withoutStart(name: string, component: string): string {
  return name.startsWith(`${component}-`) ? name.slice(component.length + 1) : name;
}

function readStepLabels(step: EngineStep): Labels {
  const { labels } = (step.new ?? step.old)?.inputs ?? {};
  if (!Array.isArray(labels)) return {};
  const pairs = (labels as { label?: string; value?: string }[]).map(({ label = "", value }) => [
    label,
    value,
  ]);
  return readLabels(Object.fromEntries(pairs) as Record<string, string | undefined>);
}

const kinds: Partial<Record<string, Kind>> = {
  replica: "replica",
  worker: "worker",
  balancer: "balancer",
  store: "store",
};

function describeContainer(labels: Labels, component: string, name: string): Subject {
  const { role = "", pool = "", service = component } = labels;
  return { kind: kinds[role] ?? "server", component: service, pool, title: titleOf(labels) || name };
}

/** Commands by the ends of their names. */
const commands: [end: RegExp, describe: (title: string, component: string) => [Kind, Aspect, string]][] = [
  [/(?:-\d+-rolling-member|-members)$/, (title) => ["replica", "pool", title]],
  [/-gate$/, (title) => ["worker", "gate", title]],
  [/-push$/, (title) => ["balancer", "push", title]],
  [/-settings$/, (title) => ["settings", "thing", title]],
  [/(?:^|-)image$/, (title, component) => ["image", "thing", title || component]],
  [
    /(?:^|-)ready$/,
    (title, component) => [isServer(title) ? "store" : "server", "gate", nameServer(title, component)],
  ],
  [/-(?:passwords?|secret|certificate|backup-key)$|^secret-/, (title) => ["secret", "thing", title]],
];

function describeCommand(step: EngineStep, component: string, name: string): Meaning {
  for (const [end, describe] of commands) {
    if (!end.test(name)) continue;
    const [kind, aspect, title] = describe(name.replace(end, ""), component);
    const pool = aspect === "pool" ? title : kind === "worker" ? title.replace(/-\d+$/, "") : "";
    const meaning = { aspect, subject: { kind, component, pool, title } };
    return aspect === "pool" ? { ...meaning, ...readMembers(step, meaning.subject) } : meaning;
  }
  return { aspect: "thing", subject: { kind: "other", component, pool: "", title: name } };
}

function isServer(title: string): boolean {
  return /^(?:server(?:-\d+)?)?$/.test(title);
}

/** As `titleOf` names a server by its labels. */
function nameServer(title: string, component: string): string {
  if (!isServer(title)) return title === "grafana" ? title : `${component}-${title}`;
  return titleOf({ store: component, server: title });
}

/** Reads what a command of a pool is given; a secret is another text instead. */
function readMembers(step: EngineStep, pool: Subject): Pick<Meaning, "members"> {
  const { stdin } = (step.new ?? step.old)?.inputs ?? {};
  if (typeof stdin !== "string" || !stdin.startsWith("{")) return {};
  const { balancer, replicas } = JSON.parse(stdin) as Pick<PoolTask, "balancer" | "replicas">;
  return { members: { balancer, replicas: replicas.map(({ title }) => ({ ...pool, title })) } };
}
