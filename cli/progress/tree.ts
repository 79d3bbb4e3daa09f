import { plain, type Paint } from "../operator/style";
import { type Board, isBusy, isLeaving, isRunning, isUntouched, type Row } from "./board";
import { groupBy } from "./group";
import type { Kind } from "./subject";
import { fit, toLine } from "./width";
import { countOf, describeRow, nameOf } from "./words";

/** The room that a frame has. */
export interface Room {
  columns: number;
  rows: number;
}

/** How a frame looks. */
export interface Frame {
  /** First line: what goes on, and for how long. */
  head: string;
  /** The moment that it shows, in milliseconds. */
  at: number;
  room: Room;
  paint?: Paint;
}

/** A line of the tree, with the depth at which it stands. */
interface Branch {
  depth: number;
  name: string;
  text: string;
  row?: Row;
  /** Whether it can be left out where there is no room. */
  isSpare?: boolean;
}

/** All that an update has done so far as a tree: components, pools, replicas. */
export function renderTree(board: Board, { head, at, room, paint = plain }: Frame): string[] {
  const all = [...groupBy(board.rows, ({ subject }) => subject.component)].flatMap(([component, rows]) =>
    renderComponent(component, rows, at),
  );
  const branches = shrink(all, room.rows - 1);
  const column = Math.max(0, ...branches.map(({ depth, name }) => depth * 2 + name.length)) + 2;
  const lines = branches.map((branch) => renderBranch(branch, column, room.columns, paint));
  return [paint("bold", fit(head, room.columns)), ...lines];
}

function renderBranch(
  { depth, name, text, row }: Branch,
  column: number,
  columns: number,
  paint: Paint,
): string {
  const start = `${"  ".repeat(depth)}${name}`;
  const line = fit(text === "" ? start : `${start.padEnd(column)}${toLine(text)}`, columns);
  if (row === undefined) return line;
  if (row.now?.what === "failed") return paint("red", line);
  return isBusy(row) ? paint("cyan", line) : line;
}

/** Leaves out what is done where there is no room, and counts what still does not fit. */
function shrink(branches: Branch[], most: number): Branch[] {
  if (branches.length <= most) return branches;
  const needed = branches.filter(({ isSpare }) => isSpare !== true);
  if (needed.length <= most) return needed;
  const shown = needed.slice(0, Math.max(0, most - 1));
  return [...shown, { depth: 1, name: `… and ${needed.length - shown.length} more lines`, text: "" }];
}

function renderComponent(component: string, rows: Row[], at: number): Branch[] {
  const touched = rows.filter((row) => !isUntouched(row));
  if (touched.length === 0) return [];
  const running = touched.filter(({ subject }) => isRunning(subject));
  const pools = [...groupBy(running, ({ subject }) => subject.pool || subject.title)];
  const untouched = rows.filter((row) => isUntouched(row) && isRunning(row.subject));
  return [
    { depth: 1, name: component, text: "" },
    ...renderPreparations(touched, at),
    ...pools.flatMap(([pool, replicas]) => renderPool(pool, replicas, rows, at)),
    ...(untouched.length === 0
      ? []
      : [
          {
            depth: 2,
            name: "unchanged",
            text: untouched.map(({ subject }) => subject.title).join(", "),
            isSpare: true,
          },
        ]),
  ];
}

/** Networks, images and the like: by name while they are under way, then by number. */
function renderPreparations(rows: Row[], at: number): Branch[] {
  const others = rows.filter(({ subject }) => !isRunning(subject));
  const told = others.filter((row) => isBusy(row) || row.now?.what === "failed");
  const made = others.filter((row) => !told.includes(row) && isCounted(row));
  const counts = [...groupBy(made, ({ subject }) => subject.kind)].map(([kind, { length }]) =>
    countOf(kind, length),
  );
  return [
    ...(counts.length === 0 ? [] : [{ depth: 2, name: "made", text: counts.join(", "), isSpare: true }]),
    ...told.map((row) => ({ depth: 2, name: nameOf(row.subject), text: describeRow(row, at), row })),
  ];
}

function isCounted({ now, subject }: Row): boolean {
  const uncounted: Kind[] = ["other", "settings"];
  return now?.what === "made" && !uncounted.includes(subject.kind);
}

function renderPool(pool: string, replicas: Row[], all: Row[], at: number): Branch[] {
  const sorted = [...replicas].sort((one, other) =>
    one.subject.title.localeCompare(other.subject.title, "en", { numeric: true }),
  );
  const lines = sorted.map((row) => ({ depth: 2, name: row.subject.title, text: describeRow(row, at), row }));
  if (replicas.every(({ subject }) => subject.pool === "")) return lines;
  const members = all.filter(({ subject }) => subject.pool === pool && isRunning(subject));
  if (members.length === 1) return lines;
  return [
    { depth: 2, name: pool, text: describePool(members) },
    ...lines.map((line) => ({
      ...line,
      depth: 3,
      isSpare: !isBusy(line.row) && line.row.now?.what !== "failed",
    })),
  ];
}

function describePool(members: Row[]): string {
  const staying = members.filter(({ now }) => now === undefined || !isLeaving(now));
  const ready = staying.filter(({ now }) => ["same", "healthy", "joined"].includes(now?.what ?? ""));
  return `${ready.length} of ${staying.length} ready`;
}
