import type { Paint } from "../operator/style";
import type { Decision } from "./decide";
import type { Happening } from "./loop";
import { describeDecision, describeOther, listRemarks } from "./text";

/** Tells of something, at a moment. */
export type Tell = (happening: Happening, at: number) => void;

/** Looks without a figure after which that is told: a balancer that was started anew lacks it once. */
const patience = 3;

const colors = { deployed: "green", waits: "yellow", blind: "red", failed: "red" } as const;

/** Writes what happens for people: of what stays as it is, once. */
export function makeTeller(write: (line: string) => void, paint: Paint, isDry: boolean): Tell {
  const said = new Map<string, string>();
  /** Looks with a remark one after the other, by its pool and what it is about. */
  const remarks = new Map<string, number>();
  let isBlind = false;
  const tell = (at: number, text: string): void => {
    write(`${new Date(at).toISOString().replace(/\.\d+Z$/, "Z")}  ${text}`);
  };

  function remark(decision: Decision): void {
    const found = new Map(listRemarks(decision).map(([key, text]) => [`${decision.pool} ${key}`, text]));
    for (const key of [...remarks.keys()])
      if (key.startsWith(`${decision.pool} `) && !found.has(key)) remarks.delete(key);
    for (const [key, text] of found) {
      const times = (remarks.get(key) ?? 0) + 1;
      remarks.set(key, times);
      if (times === (key.includes(" missing ") ? patience : 1)) tell(decision.at, paint("yellow", text));
    }
  }

  function look(decision: Decision): void {
    const { at, pool, from, to, wished, because, waits } = decision;
    remark(decision);
    const direction = wished > from ? "more" : "fewer";
    const kind = to !== from ? `to ${to}` : waits !== null ? `waits for ${direction}` : because.by;
    if (said.get(pool) === `${from} ${kind}`) return;
    said.set(pool, `${from} ${kind}`);
    const text = describeDecision(decision, isDry);
    tell(at, to === from ? text : paint("bold", text));
  }

  return (happening, at) => {
    if (happening.event === "look") {
      if (isBlind) said.delete("");
      isBlind = false;
      look(happening.decision);
      return;
    }
    const text = describeOther(happening);
    const isSaid = said.get("") === text && happening.event !== "deployed" && happening.event !== "failed";
    isBlind = happening.event === "blind";
    // What was said of pools is long ago when they are seen again.
    if (happening.event !== "waits") said.clear();
    said.set("", text);
    if (!isSaid) tell(at, paint(colors[happening.event], text));
  };
}
