import type { Release } from "../../stack/releases";
import type { Pulumi } from "../pulumi";
import { Failure } from "../failure";
import { describeSpan, renderTable } from "./table";

/** A deployment, as Pulumi remembers it. */
export interface Deployed {
  version: number;
  /** `update`, `destroy`, `refresh` … */
  kind: string;
  begun: string;
  seconds: number;
  /** `succeeded`, `failed` or `in-progress`. */
  result: string;
  /** Who did it, as Git knows them. */
  who: string;
  /** Where the program's folder was in Git; with a plus where more was changed. */
  commit: string;
  /** The first line of the commit, or of the message that was given. */
  message: string;
  /** Numbers of resources by what was done to them. */
  changes: Record<string, number>;
  /** The release that it made; null where it made none, or that is no longer remembered. */
  release: Release | null;
}

interface Entry {
  kind: string;
  startTime: string;
  endTime?: string;
  message?: string;
  environment?: Record<string, string>;
  result: string;
  version?: number;
  resourceChanges?: Record<string, number>;
}

/** The deployments of a stack, the newest first. */
export async function readHistory(pulumi: Pulumi, count: number): Promise<Deployed[]> {
  const { ok, text } = await pulumi.print(["stack", "history"], "--json", `--page-size=${count}`, "--page=1");
  if (!ok)
    throw new Failure(`Pulumi does not tell the history of the stack ${pulumi.stack}, for the reason above.`);
  return parseHistory(text).slice(0, count);
}

/** Reads what Pulumi prints; settings in it are left out. */
export function parseHistory(text: string): Deployed[] {
  const entries = (JSON.parse(text.trim() === "" ? "[]" : text) ?? []) as Entry[];
  return entries.map(({ environment = {}, ...entry }, index) => {
    const end = entry.endTime ?? entry.startTime;
    const {
      "git.author": author = "",
      "git.committer": committer = author,
      "git.head": head = "",
    } = environment;
    return {
      // A state in files has no numbers.
      version: entry.version || entries.length - index,
      kind: entry.kind,
      begun: new Date(entry.startTime).toISOString(),
      seconds: Math.max(0, Math.round((Date.parse(end) - Date.parse(entry.startTime)) / 1000)),
      result: entry.result,
      who: committer,
      commit: `${head.slice(0, 7)}${environment["git.dirty"] === "true" ? "+" : ""}`,
      message: (entry.message ?? "").split("\n")[0] ?? "",
      changes: entry.resourceChanges ?? {},
      release: null,
    };
  });
}

/** Adds to deployments the releases that they made: a release has the time at which its program ran. */
export function addReleases(history: Deployed[], releases: Release[]): Deployed[] {
  return history.map((each) => {
    const begun = Date.parse(each.begun);
    const made = releases.find(({ at }) => {
      const milliseconds = Date.parse(at) - begun;
      return milliseconds >= 0 && milliseconds <= (each.seconds + 1) * 1000;
    });
    return { ...each, release: made ?? null };
  });
}

/** The images of each release, for people. */
export function renderReleases(releases: Release[]): string[] {
  return releases.map(({ release, images }) => {
    const pools = Object.entries(images).map(([pool, { reference }]) => `${pool} ${reference}`);
    return `release ${release}: ${pools.join(", ")}`;
  });
}

/** A table for people. */
export function renderHistory(history: Deployed[], at: number, width: number): string[] {
  if (history.length === 0) return ["Nothing was deployed yet."];
  return renderTable(
    history,
    [
      { title: "NO", text: ({ version }) => String(version), isNumber: true },
      { title: "RELEASE", text: ({ release }) => String(release?.release ?? ""), isNumber: true },
      { title: "AGO", text: ({ begun }) => describeSpan(at - Date.parse(begun)), isNumber: true },
      { title: "WHAT", text: ({ kind }) => kind },
      { title: "RESULT", text: ({ result }) => result },
      { title: "TOOK", text: ({ seconds }) => `${seconds} s`, isNumber: true },
      { title: "CHANGES", text: ({ changes }) => describeChanges(changes), least: 12 },
      { title: "WHO", text: ({ who }) => who, least: 6 },
      { title: "COMMIT", text: ({ commit }) => commit },
      { title: "MESSAGE", text: ({ message }) => message, least: 10 },
    ],
    width,
  );
}

function describeChanges(changes: Record<string, number>): string {
  const signs: [string, string][] = [
    ["create", "+"],
    ["update", "~"],
    ["replace", "±"],
    ["delete", "-"],
  ];
  const told = signs.flatMap(([op, sign]) => {
    const count = changes[op] ?? 0;
    return count === 0 ? [] : [`${sign}${count}`];
  });
  return told.length === 0 ? "none" : told.join(" ");
}
