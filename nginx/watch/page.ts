const style = `
:root { color-scheme: light dark; --line: #d4d7dc; --dim: #667085; --good: #16794c; --bad: #c4281c; --warn: #9a6700; --bar: #8aa4c8; }
@media (prefers-color-scheme: dark) { :root { --line: #363b44; --dim: #98a2b3; --good: #4cc38a; --bad: #ff7a6e; --warn: #e3b341; --bar: #53719b; } }
body { font: 15px/1.45 system-ui, sans-serif; margin: 1.5em auto; padding: 0 1em; max-width: 75em; }
h1 { font-size: 1.4em; } h2 { font-size: 1.1em; margin: 1.6em 0 0.2em; } p { margin: 0.2em 0 0.6em; }
small, .dim, th { color: var(--dim); } th { font-weight: 500; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: 0.35em 0.7em 0.35em 0; text-align: left; border-bottom: 1px solid var(--line); }
.healthy, .inactive { color: var(--good); } .out, .firing { color: var(--bad); font-weight: 600; } .pending { color: var(--warn); }
svg { display: block; height: 1.6em; width: 9em; } .requests { fill: var(--bar); } .errors { fill: var(--bad); }
@media (max-width: 45em) {
  thead { display: none; } tr { display: block; padding: 0.5em 0; border-bottom: 1px solid var(--line); }
  td { display: flex; justify-content: space-between; gap: 1em; border: 0; padding: 0.1em 0; } td::before { content: attr(data-title); color: var(--dim); }
}`;

/** A page that is loaded again every five seconds. */
export function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="refresh" content="5">
<title>${escapeHtml(title)}</title>
<style>${style}
</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
${body}
</body>
</html>
`;
}

/** A column of a table: its cells are HTML. */
export interface Column<Row> {
  title: string;
  cell: (row: Row) => string;
}

/** A table, on a phone a card for each row. */
export function table<Row>(columns: Column<Row>[], rows: Row[]): string {
  const head = columns.map(({ title }) => `<th>${escapeHtml(title)}</th>`).join("");
  const lines = rows.map(
    (row) =>
      `<tr>${columns.map(({ title, cell }) => `<td data-title="${escapeHtml(title)}">${cell(row)}</td>`).join("")}</tr>`,
  );
  return `<table>\n<thead><tr>${head}</tr></thead>\n<tbody>\n${lines.join("\n")}\n</tbody>\n</table>`;
}

/** Text that a browser shows as it is. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;")
    .replaceAll(">", "&gt;")
    .replaceAll('"', "&quot;");
}

/** A moment as people say it; exactly where the pointer rests on it. */
export function describeMoment(time: string | null, now: number): string {
  if (time === null) return "–";
  const seconds = Math.max(0, Math.round((now - Date.parse(time)) / 1000));
  return `<span title="${escapeHtml(time)}">${describeSpan(seconds)}</span>`;
}

function describeSpan(seconds: number): string {
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 2 * 86_400) return `${Math.floor(seconds / 3600)} h`;
  return `${Math.floor(seconds / 86_400)} days`;
}
