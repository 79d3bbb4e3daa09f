import { describeMs } from "../load/report";
import type { Paint } from "../operator/style";
import { renderTable } from "../operator/table";
import type { Rehearsal } from "./rehearsal";

/** A rehearsal for people. */
export function renderRehearsal(
  { pool, before, steps, isRestored, errors }: Rehearsal,
  width: number,
  paint: Paint,
): string[] {
  return [
    ...renderTable(
      steps,
      [
        { title: "REPLICAS", text: ({ replicas }) => String(replicas), isNumber: true },
        { title: "AFTER", text: ({ seconds }) => `${seconds.toFixed(1)} s`, isNumber: true },
        { title: "REQUESTS", text: ({ requests }) => String(requests), isNumber: true },
        { title: "FAILED", text: ({ failed }) => String(failed), isNumber: true },
        { title: "P99", text: ({ p99Ms }) => describeMs(p99Ms), isNumber: true },
        { title: "SLOWEST", text: ({ slowestMs }) => describeMs(slowestMs), isNumber: true },
      ],
      width,
    ),
    "",
    ...errors.map((error) => paint("red", error)),
    ...(errors.length === 0 ? [paint("green", "No request failed.")] : []),
    ...(isRestored ? [`${pool} has ${before} replicas again.`] : []),
  ];
}
