import { isCanary } from "../../deploy/progress";
import { type EngineEvent, type EngineStep, readViolation, type Violation, withoutMarks } from "./engine-log";
import type { Event, Happening, Saying, What } from "./event";
import { createPools, type Phase, type Pools, type StepKind } from "./pools";
import { type Aspect, findMeaning, type Meaning } from "./subject";

/** Makes a function that turns Pulumi's events, in their order, into ours. */
export function createTranslator(): (event: EngineEvent) => Event[] {
  const pools = createPools();
  let outputs: Record<string, unknown> | undefined;
  return (event) => {
    const { diagnosticEvent, policyEvent, resourcePreEvent, resOutputsEvent, resOpFailedEvent } = event;
    if (diagnosticEvent !== undefined) return translateDiagnostic(diagnosticEvent, pools);
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
    const kind = kindOf(step.op);
    if (meaning === undefined || kind === undefined) return [];
    const phase =
      resOpFailedEvent === undefined ? (resourcePreEvent === undefined ? "after" : "before") : "failed";
    if (meaning.aspect === "pool") return pools.translate(step, meaning, kind, phase);
    const happenings = translateStep(step, meaning, kind, phase).map(pools.place);
    return [...happenings, ...happenings.flatMap((happening) => pools.follow(meaning, happening))];
  };
}

function translateStep(
  step: EngineStep,
  { subject, aspect }: Meaning,
  kind: StepKind,
  phase: Phase,
): Happening[] {
  const what = phase === "failed" ? "failed" : words[aspect][kind]?.[phase === "before" ? 0 : 1];
  if (what === undefined) return [];
  const isOld = step.op === "delete-replaced";
  const text = what === "healthy" || what === "changed" ? firstLine(step) : undefined;
  return [{ type: "happening", what, subject, isOld, ...(text && { text }) }];
}

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
  // The replicas' own.
  pool: {},
};

/** The first line that a script of ours has printed at its end. */
function firstLine(step: EngineStep): string | undefined {
  const { stdout } = step.new?.outputs ?? {};
  return typeof stdout === "string" ? stdout.split("\n").find((line) => !isCanary(line)) : undefined;
}

/** Words of Pulumi's about itself, which help nobody who deploys. */
const idle = /^using pulumi-\S+ from \$PATH|^A new version of Pulumi is available/;

function translateDiagnostic(
  { urn = "", severity, message }: NonNullable<EngineEvent["diagnosticEvent"]>,
  pools: Pools,
): Event[] {
  const text = withoutMarks(message);
  if (text === "" || idle.test(text)) return [];
  const known = { error: "error", "info#err": "info", warning: "warning", info: "info" } as const;
  const said = (known as Partial<Record<string, Saying["severity"]>>)[severity];
  if (said === undefined) return [];
  const happening = pools.hear(urn, text);
  if (happening !== undefined) return [happening];
  const subject = urn === "" ? undefined : findMeaning({ op: "same", urn, type: typeOf(urn) })?.subject;
  if (subject !== undefined && isCanary(text))
    return [{ type: "happening", what: "changing", subject, isOld: false, text }];
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
