import { describeCall } from "../call";
import type { PartStatus, Status } from "./report";
import { describeSpan } from "./table";

const dayMs = 86_400_000;
/** Days before the end of a certificate from which on it is told of. */
const certificateDays = 14;
/** Part of the disk from which on it is told of. */
const fullDisk = 0.9;

/** Something that is not well. */
export interface Trouble {
  of: "stack" | "replicas" | "stores" | "others" | "certificates" | "backups" | "alerts" | "disk";
  /** A sentence, with what to do. */
  text: string;
}

/** Says of all that is not well what to do. */
export function findProblems(status: Omit<Status, "ok" | "problems">, at: number): Trouble[] {
  const { pools, parts, certificates, backups, alerts, disk } = status;
  const say = (of: Trouble["of"], texts: string[]): Trouble[] => texts.map((text) => ({ of, text }));
  if (parts.every(({ state }) => /^(?:exited|created|dead)/.test(state)))
    return say("stack", [`Nothing of the stack runs. Start it: ${describeCall("start")}`]);
  const idle = pools.filter(({ well }) => well === 0);
  return [
    ...say(
      "replicas",
      idle.map(({ pool }) => `Nobody serves of the pool ${pool}. Look at: ${describeCall("logs", pool)}`),
    ),
    ...parts.flatMap((part) => say(subjectOf(part), describePart(part))),
    ...say("certificates", describeCertificates(certificates, at)),
    ...say("backups", describeBackups(backups)),
    ...say(
      "alerts",
      alerts.map(({ alert, summary }) => `The alert ${alert} is firing: ${summary}`),
    ),
    ...say("disk", describeDisk(disk)),
  ];
}

/** The subject that a container is of. */
export function subjectOf({ pool, store }: PartStatus): "replicas" | "stores" | "others" {
  return pool !== "" ? "replicas" : store !== "" ? "stores" : "others";
}

function describeCertificates(certificates: Status["certificates"], at: number): string[] {
  return certificates
    .filter(({ expires }) => Date.parse(expires) - at < certificateDays * dayMs)
    .map(({ file, expires }) =>
      Date.parse(expires) <= at
        ? `The certificate ${file} has ended. Renew it and deploy.`
        : `The certificate ${file} ends in ${describeSpan(Date.parse(expires) - at)}. Renew it and deploy.`,
    );
}

function describeBackups(backups: Status["backups"]): string[] {
  return backups.flatMap(({ store, last, fault }) =>
    fault !== null
      ? [`The last backup of ${store} is not good: ${fault}`]
      : last === null
        ? [`There is no backup of ${store} yet. Make one: ${describeCall("backup", store)}`]
        : [],
  );
}

function describeDisk(disk: Status["disk"]): string[] {
  if (disk === null || disk.used / disk.size < fullDisk) return [];
  return [
    `The engine's disk is full to ${Math.floor((disk.used / disk.size) * 100)} %. Look at: docker system df`,
  ];
}

function describePart({ title, state, outOfMemory }: PartStatus): string[] {
  const look = `Look at: ${describeCall("logs", title)}`;
  switch (state) {
    case "healthy":
    case "running":
    case "starting":
      return outOfMemory
        ? [`${title} was ended for want of memory. Give it more, or look why it needs it.`]
        : [];
    case "out":
      return [`${title} gets no requests: its health check fails. ${look}`];
    default:
      return [
        outOfMemory
          ? `${title} was ended for want of memory (${state}). Give it more. ${look}`
          : `${title} is ${state}. ${look}`,
      ];
  }
}
