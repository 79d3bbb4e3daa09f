import type { Engine } from "../../engine/client";
import { leaveOutFronts } from "../../engine/fronts";
import { listParts, listStacks, type Part } from "../../engine/parts";
import { describeCall } from "../call";
import { findEngine, labelOf, ofStack, withoutOwner } from "../data-volumes";
import { Failure, Misuse } from "../failure";
import { pulumiEnvironment, pulumiOn } from "../pulumi";
import { suggestNearest } from "../slip";

/** A stack on its engine. */
export interface DeployedStack {
  engine: Engine;
  /** Project and stack. */
  label: string;
  parts: Part[];
}

/** Finds what the engine has of a stack; fails where that is nothing. */
export async function findDeployed(stack: string): Promise<DeployedStack> {
  const engine = await findEngine(pulumiOn(stack, pulumiEnvironment()));
  const label = labelOf(stack);
  const parts = await listParts(engine, label);
  if (parts.length === 0) throw new Failure(describeNothing(label, stack, await listStacks(engine)));
  return { engine, label, parts };
}

/** Says that an engine has nothing of a stack, and what it has others of. */
export function describeNothing(label: string, stack: string, known: string[]): string {
  const [project = ""] = label.split("/");
  const own = known.filter((each) => each.startsWith(`${project}/`)).map((each) => withoutOwner(each));
  const others = own.length > 0 ? ` It has ${own.join(", ")} of this project.` : "";
  const name = withoutOwner(stack);
  return `The engine has no container of the stack ${label}.${suggestNearest(name, own)}${others} Deploy it: ${describeCall("up", ...ofStack(name))}`;
}

/** Words by which users name a container, the narrowest first. */
function namesOf({ title, pool, store, service, role, name }: Part): string[] {
  const kind = store !== "" ? "stores" : `${role}s`;
  return [
    title,
    pool,
    store,
    role === "monitoring" ? "monitoring" : kind,
    `${service}/${pool || title}`,
    name,
  ];
}

/** The containers that words name, or all where there are none; a word that names nobody is refused. */
export function chooseParts(parts: Part[], words: string[]): Part[] {
  const unknown = words.filter((word) => !parts.some((part) => namesOf(part).includes(word)));
  if (unknown.length > 0) throw new Misuse(unknown.map((word) => describeUnknown(parts, word)).join("\n"));
  return parts.filter((part) => isNamed(part, words));
}

/** Whether one of some words names a container; all are named where there are none. */
export function isNamed(part: Part, words: string[]): boolean {
  return words.length === 0 || words.some((word) => namesOf(part).includes(word));
}

function describeUnknown(parts: Part[], word: string): string {
  const names = [...new Set(parts.flatMap(({ pool, title }) => [pool, title]))].filter((each) => each !== "");
  return `There is no part ${word} of the stack.${suggestNearest(word, names)} It has ${names.join(", ")}.`;
}

/** The containers whose Nginx answers. */
export function runningBalancers(parts: Part[]): Part[] {
  return leaveOutFronts(
    parts.filter(({ role, state }) => role === "balancer" && state === "running"),
    (part) => part,
  );
}

/** The containers that have networks and ports for balancers, and where their settings can be read: one for each. */
export function listFronts(parts: Part[]): Part[] {
  return parts.filter(({ role, sharesFront }) => role === "balancer" && !sharesFront);
}

/** Whether a container serves, as far as the engine knows. */
export function isWell({ state, health }: Part): boolean {
  return state === "running" && (health === undefined || health === "healthy");
}

/** A running container that a word names: of a pool, one that is healthy. */
export function chooseRunning(parts: Part[], word: string): Part {
  const named = chooseParts(parts, [word]);
  const running = named.filter(({ state }) => state === "running");
  const part = running.find(isWell) ?? running[0];
  if (part !== undefined) return part;
  const states = named.map(({ title, state }) => `${title} is ${state}`).join(", ");
  throw new Failure(`Nothing of ${word} runs: ${states}. Start it: ${describeCall("start")}`);
}
