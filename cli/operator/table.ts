/** A column of a table. */
export interface Column<Row> {
  title: string;
  text: (row: Row) => string;
  /** Numbers stand to the right. */
  isNumber?: boolean;
  /** How many letters stay where there is no room: the first ones. */
  least?: number;
  /** Whether the last letters stay instead. */
  keepsEnd?: boolean;
  /** Whether the whole of it can be left out where there is no room. */
  isSpare?: boolean;
}

/** Columns beside each other, the head first; one that has nothing in any row is left out. */
export function renderTable<Row>(rows: Row[], columns: Column<Row>[], width: number): string[] {
  const used = columns
    .map((column) => ({ ...column, cells: rows.map((row) => column.text(row)) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widths = used.map(({ title, cells }) => Math.max(title.length, ...cells.map((cell) => cell.length)));
  const excess = (): number => widths.reduce((sum, each) => sum + each + 2, -2) - width;
  // The later columns give way first.
  for (const [at, { least }] of [...used.entries()].reverse())
    if (least !== undefined && excess() > 0) widths[at] = Math.max(least, (widths[at] ?? 0) - excess());
  const spare = used.findLast(({ isSpare }) => isSpare === true);
  if (excess() > 0 && spare !== undefined)
    return renderTable(
      rows,
      columns.filter(({ title }) => title !== spare.title),
      width,
    );
  const line = (cells: string[]): string =>
    used
      .map(({ isNumber = false, keepsEnd = false }, at) => {
        const text = shorten(cells[at] ?? "", widths[at] ?? 0, keepsEnd);
        return isNumber ? text.padStart(widths[at] ?? 0) : text.padEnd(widths[at] ?? 0);
      })
      .join("  ")
      .trimEnd();
  return [
    line(used.map(({ title }) => title)),
    ...rows.map((_, row) => line(used.map(({ cells }) => cells[row] ?? ""))),
  ];
}

function shorten(text: string, width: number, keepsEnd: boolean): string {
  if (text.length <= width) return text;
  const kept = Math.max(0, width - 1);
  return keepsEnd ? `…${text.slice(text.length - kept)}` : `${text.slice(0, kept)}…`;
}

/** Puts what has a time, as texts in the order of time, into that order; what is of the same moment stays as it is. */
export function sortByTime<Row extends { time: string }>(rows: Row[]): Row[] {
  return rows.sort((one, other) => (one.time < other.time ? -1 : one.time > other.time ? 1 : 0));
}

/** A length of time in its largest unit. */
export function describeSpan(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  for (const [unit, length] of [
    ["d", 86_400],
    ["h", 3600],
    ["m", 60],
  ] as const)
    if (seconds >= length) return `${Math.floor(seconds / length)} ${unit}`;
  return `${seconds} s`;
}

/** A part of something that has a size. */
export function describeUse({ used, size }: { used: number; size: number }): string {
  return `${describeBytes(used)} of ${describeBytes(size)} (${Math.round((used / size) * 100)} %)`;
}

/** Bytes in the unit in which they have few digits. */
export function describeBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let [value, at] = [bytes, 0];
  while (value >= 1000 && at < units.length - 1) [value, at] = [value / 1024, at + 1];
  return `${value >= 10 || at === 0 ? Math.round(value) : Math.round(value * 10) / 10} ${units[at] ?? ""}`;
}
