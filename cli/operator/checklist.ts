import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { lastDue, parseSchedule } from "../../backup/cron";
import { type BackupSettings, files } from "../../backup/settings";
import { lookScript } from "../../deploy/look";
import { describeCall } from "../call";
import { ask, type Asked } from "./front";
import { findProblems, subjectOf, type Trouble } from "./problems";
import { serves, type Status } from "./report";
import type { Paint } from "./style";
import { describeSpan, describeUse } from "./table";

/** A line of the checklist. */
export interface Check {
  name: string;
  ok: boolean;
  /** Few words for where it is well. */
  text: string;
  /** Faults, with what to do. */
  problems: string[];
}

/** Answers that the checklist needs besides a status. */
export interface Answers {
  /** The answer from where clients ask; undefined where nothing is published, or nobody knows where. */
  front: Asked | undefined;
  /** Pools that cannot answer through their balancer. */
  silent: string[];
  /** When the next backup of a datastore was due at the latest, by its name. */
  due: Map<string, number>;
}

/** Asks what a status does not tell. */
export async function findAnswers(engine: Engine, parts: Part[], url: unknown): Promise<Answers> {
  const running = (role: Part["role"]): Part[] =>
    parts.filter((part) => part.role === role && part.state === "running");
  const [front, looks, due] = await Promise.all([
    typeof url === "string" ? ask(`${url}/healthz`) : undefined,
    Promise.all(
      running("balancer").map(({ id }) =>
        engine.attempt(["exec", id, "sh", "-c", lookScript], { seconds: 30 }),
      ),
    ),
    Promise.all(running("store-backup").map((part) => readDue(engine, part, Date.now()))),
  ]);
  const silent = looks.flatMap(({ stdout }) =>
    [...stdout.matchAll(/^silent (.*)$/gm)].map(([, name = ""]) => name),
  );
  return { front, silent: [...new Set(silent)].sort(), due: new Map(due.flat()) };
}

/** Milliseconds that a backup may take before it is missed. */
const backupTime = 2 * 3_600_000;

/** When the last backup that must be there by now was due. */
async function readDue(engine: Engine, { id, store }: Part, at: number): Promise<[string, number][]> {
  const { code, stdout } = await engine.inside(id, `cat ${files.settings}`, { seconds: 10 });
  if (code !== 0) return [];
  const schedule = parseSchedule((JSON.parse(stdout) as BackupSettings).schedule);
  const due = typeof schedule === "string" ? undefined : lastDue(schedule, at - backupTime);
  return due === undefined ? [] : [[store, due]];
}

/** The checklist of a stack; what there is nothing of has no line. */
export function makeChecklist(status: Status, { front, silent, due }: Answers): Check[] {
  const at = Date.parse(status.at);
  const troubles = findProblems(status, at);
  const line = (name: string, of: Trouble["of"], text: string, further: string[] = []): Check => {
    const problems = [...troubles.filter((each) => each.of === of).map((each) => each.text), ...further];
    return { name, ok: problems.length === 0, text, problems };
  };
  if (troubles.some(({ of }) => of === "stack")) return [line("stack", "stack", "")];
  const parts = (of: Trouble["of"]) => status.parts.filter((part) => subjectOf(part) === of);
  const [replicas, stores] = [parts("replicas"), parts("stores")];
  const has = (check: Check, isThere: boolean): Check[] => (isThere ? [check] : []);
  return [
    ...checkFront(front),
    line("pools", "stack", "each answers through its balancer", silent.map(describeSilent)),
    line("replicas", "replicas", `${replicas.filter(serves).length} of ${replicas.length} are well`),
    line("versions", "stack", "the replicas of each pool run the same", findMixed(status)),
    ...has(line("datastores", "stores", `${stores.length} containers are well`), stores.length > 0),
    ...has(line("others", "others", "balancers and monitoring are well"), parts("others").length > 0),
    ...has(
      line("certificates", "certificates", describeCertificates(status, at)),
      status.certificates.length > 0,
    ),
    ...has(
      line("backups", "backups", describeBackups(status, at), findOverdue(status, due)),
      status.backups.length > 0,
    ),
    ...has(
      line("alerts", "alerts", "none is firing"),
      status.parts.some(({ title }) => title === "prometheus"),
    ),
    ...(status.disk === null ? [] : [line("disk", "disk", describeUse(status.disk))]),
    line("maintenance", "stack", "none was switched on", findMaintenance(status)),
  ];
}

function checkFront(front: Asked | undefined): Check[] {
  if (front === undefined) return [];
  const { url, status, text } = front;
  const ok = status === 200;
  // Where the settings say so, there is no such path, but somebody who says that.
  const answers = ok || status === 404;
  const look = `Look at: ${describeCall("logs", "balancer")}`;
  const problem =
    status === undefined
      ? `${url} cannot be reached: ${text}. ${look}`
      : `${url} answers ${status}: ${text}. ${look}`;
  return [
    {
      ...{ name: "front", ok: answers },
      text: ok ? `every public pool answers at ${url}` : `somebody answers at ${url}`,
      problems: answers ? [] : [problem],
    },
  ];
}

function describeSilent(pool: string): string {
  return `Nobody can answer for ${pool}. Look at: ${describeCall("logs", pool)}`;
}

function findMixed({ pools, parts }: Status): string[] {
  return pools.flatMap(({ service, pool }) => {
    const own = parts.filter((part) => part.service === service && part.pool === pool);
    const images = [...new Set(own.map(({ image }) => image))];
    if (images.length < 2) return [];
    return [`${pool} runs ${images.join(" and ")}. Deploy again: ${describeCall("up")}`];
  });
}

function describeCertificates({ certificates }: Status, at: number): string {
  const first = Math.min(...certificates.map(({ expires }) => Date.parse(expires)));
  return `the first ends in ${describeSpan(first - at)}`;
}

function describeBackups({ backups }: Status, at: number): string {
  return backups
    .map(
      ({ store, last }) =>
        `${store} ${last === null ? "none" : `${describeSpan(at - Date.parse(last))} ago`}`,
    )
    .join(", ");
}

function findOverdue({ backups }: Status, due: Map<string, number>): string[] {
  return backups.flatMap(({ store, last }) => {
    const moment = due.get(store);
    if (last === null || moment === undefined || Date.parse(last) >= moment) return [];
    return [
      `The backup of ${store} that was due at ${new Date(moment).toISOString().slice(0, 16)} is missing. Look at: ${describeCall("logs", `${store}-backup`)}`,
    ];
  });
}

function findMaintenance({ told, held }: Status): string[] {
  return [
    ...told.maintenance.map(
      ({ pool }) =>
        `${pool ?? "Everything"} is under maintenance. End it: ${describeCall("maintenance", "off", ...(pool === undefined ? [] : [pool]))}`,
    ),
    ...held.map(({ pool }) => `Requests of ${pool} wait. End it: ${describeCall("hold", "off")}`),
  ];
}

/** The checklist for people. */
export function renderChecklist(checks: Check[], paint: Paint): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, ok, text, problems }) => {
    const start = `${ok ? paint("green", "✓") : paint("red", "✗")} ${name.padEnd(width)}`;
    const [first = "", ...rest] = ok ? [text] : problems;
    return [`${start}  ${first}`, ...rest.map((problem) => `${" ".repeat(width + 4)}${problem}`)];
  });
}
