import { describeCall } from "../call";
import type { PartStatus, Status } from "./report";
import { describeSpan } from "./table";

const dayMs = 86_400_000;
/** Days before the end of a certificate from which on it is told of. */
const certificateDays = 14;
/** Part of the disk from which on it is told of. */
const fullDisk = 0.9;

/** Says of all that is not well what to do. */
export function findProblems(status: Omit<Status, "ok" | "problems">, at: number): string[] {
  const { pools, parts, certificates, backups, alerts, disk } = status;
  if (parts.every(({ state }) => /^(?:exited|created|dead)/.test(state)))
    return [`Nothing of the stack runs. Start it: ${describeCall("start")}`];
  return [
    ...pools
      .filter(({ well }) => well === 0)
      .map(({ pool }) => `Nobody serves of the pool ${pool}. Look at: ${describeCall("logs", pool)}`),
    ...parts.flatMap(describePart),
    ...certificates
      .filter(({ expires }) => Date.parse(expires) - at < certificateDays * dayMs)
      .map(({ file, expires }) =>
        Date.parse(expires) <= at
          ? `The certificate ${file} has ended. Renew it and deploy.`
          : `The certificate ${file} ends in ${describeSpan(Date.parse(expires) - at)}. Renew it and deploy.`,
      ),
    ...backups.flatMap(({ store, last, fault }) =>
      fault !== null
        ? [`The last backup of ${store} is not good: ${fault}`]
        : last === null
          ? [`There is no backup of ${store} yet. Make one: ${describeCall("backup", store)}`]
          : [],
    ),
    ...alerts.map(({ alert, summary }) => `The alert ${alert} is firing: ${summary}`),
    ...(disk !== null && disk.used / disk.size >= fullDisk
      ? [
          `The engine's disk is full to ${Math.floor((disk.used / disk.size) * 100)} %. Look at: docker system df`,
        ]
      : []),
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
