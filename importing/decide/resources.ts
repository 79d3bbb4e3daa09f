import type { ResourcesArgs } from "../../components/types";
import type { Report } from "../report";
import type { Unit } from "./context";

/** The limits and reservations of a service. */
export function readAmounts(
  unit: Unit,
  report: Report,
  to: string,
): { limits?: ResourcesArgs; reservations?: ResourcesArgs } {
  const [{ name, fields, placeOf }] = unit.services;
  const { limits: most, reservations: least } = fields.deploy?.resources ?? {};
  const limits = toArgs(most?.cpus ?? fields.cpus, most?.memory ?? fields.mem_limit);
  const reservations = toArgs(least?.cpus, least?.memory ?? fields.mem_reservation);
  if (limits !== undefined || reservations !== undefined) {
    const isOld = fields.deploy?.resources === undefined;
    const place = isOld
      ? placeOf(fields.mem_limit === undefined ? "cpus" : "mem_limit")
      : placeOf("deploy", "resources");
    report.take(place, `${name}.${isOld ? "mem_limit" : "deploy.resources"}`, to, "limits");
  }
  return {
    ...(limits === undefined ? {} : { limits }),
    ...(reservations === undefined ? {} : { reservations }),
  };
}

function toArgs(cpus: number | undefined, memory: number | undefined): ResourcesArgs | undefined {
  const args = {
    ...(cpus === undefined || cpus === 0 ? {} : { cpus: Math.max(0.01, Math.round(cpus * 100) / 100) }),
    ...(memory === undefined || memory === 0 ? {} : { memoryMiB: Math.max(6, Math.round(memory)) }),
  };
  return Object.keys(args).length === 0 ? undefined : args;
}
