import { type Board, isBusy } from "./board";
import type { Event } from "./event";
import { describeDoing, describeHappening, nameOf } from "./words";

/** An event in a line; nothing for what is told at the end, once, or is of no use. */
export function describeEvent(event: Event, board: Board): string | undefined {
  if (event.type === "saying") return event.severity === "warning" ? `warning: ${event.text}` : undefined;
  if (event.type === "ending") return undefined;
  const row = board.rows.find(({ subject, now, old }) => {
    const doing = event.isOld ? old : now;
    return (
      doing?.what === event.what &&
      subject.title === event.subject.title &&
      subject.component === event.subject.component
    );
  });
  const doing = event.isOld ? row?.old : row?.now;
  return doing && describeHappening(event, doing);
}

/** The things that something goes on with. */
export function describeWaits({ rows }: Board, at: number): string {
  return rows
    .filter(isBusy)
    .map(({ subject, now, old }) => {
      const doing = [now, old].find((each) => each !== undefined && isBusy({ subject, now: each }));
      return `${nameOf(subject)}${doing === undefined ? "" : ` (${describeDoing(subject, doing, at)})`}`;
    })
    .join(", ");
}

/** Says in lines what an update that the user has ended waits for. */
export function describeInterrupt(board: Board, at: number): string[] {
  return [
    "interrupted; Ctrl-C again ends at once, and leaves things half done",
    `waits for ${describeWaits(board, at) || "Pulumi"}`,
  ];
}
