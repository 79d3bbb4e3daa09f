import { type EngineEvent, type EngineStep, readViolation, type Violation, withoutMarks } from "./engine-log";
import { type Aspect, findMeaning, type Meaning, type Subject } from "./subject";

/** The changes that things go through. */
export type What =
  | "same"
  | "making"
  | "made"
  | "changing"
  | "changed"
  | "starting"
  | "healthy"
  | "joined"
  | "draining"
  | "drained"
  | "ending"
  | "gone"
  | "failed";

/** Something that happens to a thing during an update. */
export interface Happening {
  type: "happening";
  what: What;
  subject: Subject;
  /** Whether it is the one of before, in whose place there is a new one. */
  isOld: boolean;
  /** The line that one of our scripts says of it. */
  text?: string;
}

/** Something that Pulumi, the program or one of our scripts says. */
export interface Saying {
  type: "saying";
  severity: "info" | "warning" | "error";
  text: string;
  subject?: Subject;
}

/** The end of an update. */
export interface Ending {
  type: "ending";
  ok: boolean;
  /** Number of resources by what was done to them. */
  changes: Record<string, number>;
  /** The exports of the program, without secrets; undefined where it did not tell them. */
  outputs?: Record<string, unknown>;
}

/** All that is known of an update while it runs. */
export type Event = Happening | Saying | Ending;

/** Makes a function that turns Pulumi's events, in their order, into ours. */
export function createTranslator(): (event: EngineEvent) => Event[] {
  /** Replicas that are healthy, and join when their balancer is told of all, by the balancer. */
  const waiting = new Map<string, Subject[]>();
  let outputs: Record<string, unknown> | undefined;
  return (event) => {
    const { diagnosticEvent, policyEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
    if (diagnosticEvent !== undefined) return translateDiagnostic(diagnosticEvent);
    if (policyEvent !== undefined) return [translatePolicy(readViolation(policyEvent))];
    if (event.summaryEvent !== undefined) {
      const { resourceChanges: changes = {}, result } = event.summaryEvent;
      return [{ type: "ending", ok: result !== "failed", changes, ...(outputs && { outputs }) }];
    }
    const step = (resourcePreEvent ?? resOutputsEvent ?? resOpFailedEvent)?.metadata;
    if (step === undefined || (resourcePreEvent ?? resOutputsEvent)?.planning === true) return [];
    if (resOutputsEvent !== undefined && step.type === "pulumi:pulumi:Stack")
      outputs = hideSecrets(step.new?.outputs ?? {}) as Record<string, unknown>;
    const meaning = findMeaning(step);
    if (meaning === undefined) return [];
    const phase =
      resOpFailedEvent === undefined ? (resourcePreEvent === undefined ? "after" : "before") : "failed";
    const happenings = translateStep(step, meaning, phase);
    return [...happenings, ...happenings.flatMap((happening) => findJoining(waiting, meaning, happening))];
  };
}

type Phase = "before" | "after" | "failed";

function translateStep(step: EngineStep, { subject, aspect }: Meaning, phase: Phase): Happening[] {
  const kind = kindOf(step.op);
  if (kind === undefined) return [];
  const what = phase === "failed" ? "failed" : words[aspect][kind]?.[phase === "before" ? 0 : 1];
  if (what === undefined) return [];
  const isOld = step.op === "delete-replaced";
  const text = what === "healthy" || what === "changed" ? firstLine(step) : undefined;
  const happening: Happening = { type: "happening", what, subject, isOld, ...(text && { text }) };
  // A replica that joins alone has joined by then.
  const joins = what === "healthy" && subject.kind === "replica" && /; joined$/.test(text ?? "");
  return joins ? [happening, { ...happening, what: "joined" }] : [happening];
}

type StepKind = "same" | "create" | "update" | "delete";

function kindOf(op: string): StepKind | undefined {
  if (["create", "create-replacement", "import", "import-replacement"].includes(op)) return "create";
  if (["delete", "delete-replaced"].includes(op)) return "delete";
  return op === "same" || op === "update" ? op : undefined;
}

/** Names of a step while it goes on, and when it is done. */
const words: Record<Aspect, Partial<Record<StepKind, (What | undefined)[]>>> = {
  thing: {
    same: [undefined, "same"],
    create: ["making", "made"],
    update: ["changing", "changed"],
    delete: ["ending", "gone"],
  },
  gate: { create: ["starting", "healthy"], update: ["starting", "healthy"], delete: ["draining", "drained"] },
  push: { create: ["changing", "changed"], update: ["changing", "changed"] },
};

/** The first line that a script of ours has printed. */
function firstLine(step: EngineStep): string | undefined {
  const { stdout } = step.new?.outputs ?? {};
  return typeof stdout === "string" ? stdout.split("\n")[0] : undefined;
}

/** A balancer that is told of its replicas lets in all that are healthy. */
function findJoining(
  waiting: Map<string, Subject[]>,
  { aspect, balancer, subject }: Meaning,
  { what, isOld }: Happening,
): Happening[] {
  const key = `${subject.component}/${balancer ?? subject.title}`;
  const others = waiting.get(key) ?? [];
  if (balancer !== undefined && !isOld) {
    if (what === "healthy") waiting.set(key, [...others, subject]);
    if (what === "joined")
      waiting.set(
        key,
        others.filter(({ title }) => title !== subject.title),
      );
  }
  if (aspect !== "push" || what !== "changed") return [];
  waiting.delete(key);
  return others.map((each) => ({ type: "happening", what: "joined", subject: each, isOld: false }));
}

/** Words of Pulumi's about itself, which help nobody who deploys. */
const idle = /^using pulumi-\S+ from \$PATH|^A new version of Pulumi is available/;

function translateDiagnostic({
  urn = "",
  severity,
  message,
}: NonNullable<EngineEvent["diagnosticEvent"]>): Event[] {
  const text = withoutMarks(message);
  if (text === "" || idle.test(text)) return [];
  const known = { error: "error", "info#err": "info", warning: "warning", info: "info" } as const;
  const said = (known as Partial<Record<string, Saying["severity"]>>)[severity];
  if (said === undefined) return [];
  const subject = urn === "" ? undefined : findMeaning({ op: "same", urn, type: typeOf(urn) })?.subject;
  return [{ type: "saying", severity: said, text, ...(subject && { subject }) }];
}

/** A URN has the types of a resource and of what it is of. */
function typeOf(urn: string): string {
  return urn.split("::")[2]?.split("$").at(-1) ?? "";
}

function translatePolicy({ policy, resource, message, mandatory }: Violation): Saying {
  const severity = mandatory ? "error" : "warning";
  return { type: "saying", severity, text: `Policy ${policy}, ${resource}: ${message}` };
}

/** The key by which a value in Pulumi's events says that it is no plain one. */
const mark = "4dabf18193072939515e22adb298388d";

/** Takes secrets out of what a program exports. */
export function hideSecrets(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(hideSecrets);
  if (typeof value !== "object" || value === null) return value;
  if (mark in value) return "[secret]";
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, hideSecrets(each)]));
}
