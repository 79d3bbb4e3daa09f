import { readTold } from "../../deploy/progress";
import type { EngineStep } from "./engine-log";
import type { Happening } from "./event";
import type { Meaning, Members, Subject } from "./subject";

/** Where in a step an event is. */
export type Phase = "before" | "after" | "failed";

export type StepKind = "same" | "create" | "update" | "delete";

/** Follows the replicas of pools, which come and go by commands that are about several at once. */
export interface Pools {
  /** Tells what a step of such a command is to its replicas. */
  translate: (step: EngineStep, meaning: Meaning, kind: StepKind, phase: Phase) => Happening[];
  /** Tells what a line means that such a command prints, of which the URN is known. */
  hear: (urn: string, line: string) => Happening | undefined;
  /** The same happening, of the old one where there is a new one of another resource, as with another strategy. */
  place: (happening: Happening) => Happening;
  /** Tells what else happens to replicas when something happens to another thing. */
  follow: (meaning: Meaning, happening: Happening) => Happening[];
}

/** A replica on its way in. */
interface Coming {
  subject: Subject;
  isHealthy: boolean;
  hasJoined: boolean;
  /** Title of its balancer, which lets it in. */
  balancer?: string;
}

/** Pools of which nothing is known yet. */
export function createPools(): Pools {
  const coming = new Map<string, Coming>();
  /** Those that there are to be, by their keys. */
  const expected = new Set<string>();
  /** Subjects of the commands, by their URNs. */
  const known = new Map<string, Subject>();
  const tell = (subject: Subject, what: Happening["what"], isOld = false, text?: string): Happening => ({
    ...{ type: "happening", what, subject, isOld },
    ...(text && { text }),
  });
  const findComing = ({ replicas }: Members): Coming[] =>
    replicas.flatMap((replica) => coming.get(keyOf(replica)) ?? []);

  return {
    translate(step, { subject, members }, kind, phase) {
      known.set(step.urn, subject);
      if (members === undefined) return [];
      // One that goes before its successor is made has one all the same.
      const isReplaced = step.op === "delete-replaced" && members.replicas.length === 1;
      if (kind !== "delete" || isReplaced) for (const each of members.replicas) expected.add(keyOf(each));
      if (kind !== "create" && kind !== "update") return [];
      const waiting = findComing(members).filter(({ isHealthy }) => !isHealthy);
      for (const each of waiting) each.balancer = members.balancer;
      if (phase === "before") return waiting.map((each) => tell(each.subject, "starting"));
      if (phase === "failed") return waiting.map((each) => tell(each.subject, "failed"));
      // Where the gate is switched off, nothing is said of their health.
      for (const each of waiting) each.isHealthy = true;
      return waiting.map((each) => tell(each.subject, "healthy"));
    },

    hear(urn, line) {
      const pool = known.get(urn);
      const said = readTold(line);
      if (pool === undefined || said === undefined) return undefined;
      const { title, told } = said;
      const subject = { ...pool, title };
      const found = coming.get(keyOf(subject));
      if (found !== undefined && told === "healthy") found.isHealthy = true;
      if (found !== undefined && told === "joined") found.hasJoined = true;
      const isOld = (told === "draining" || told === "drained") && expected.has(keyOf(subject));
      return tell(subject, told, isOld, line);
    },

    place(happening) {
      const goes = happening.what === "ending" || happening.what === "gone";
      return goes && coming.has(keyOf(happening.subject)) ? { ...happening, isOld: true } : happening;
    },

    follow({ aspect }, { what, subject }) {
      if (subject.kind === "replica" && what === "made")
        coming.set(keyOf(subject), { subject, isHealthy: false, hasJoined: false });
      if (aspect !== "push" || what !== "changed") return [];
      const joining = [...coming.values()].filter(
        (each) =>
          each.balancer === subject.title &&
          each.subject.component === subject.component &&
          each.isHealthy &&
          !each.hasJoined,
      );
      for (const each of joining) each.hasJoined = true;
      return joining.map((each) => tell(each.subject, "joined"));
    },
  };
}

function keyOf({ component, title }: Subject): string {
  return `${component}/${title}`;
}
