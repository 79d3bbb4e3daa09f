import { escapeHtml } from "../../nginx/watch/page";
import { drawBands, type Tone } from "../page/bands";
import { drawCells } from "../page/cells";
import { renderFigure, renderFrame } from "../page/frame";
import { drawLines, type Line } from "../page/lines";
import { type FilledPanel, type MonitorLook, type Range, ranges } from "./figures";
import { type Subject, subjectNames } from "./panels";
import { describeValue } from "./units";

/** Seconds after which a page that is served is loaded again. */
const refreshSeconds = 15;

/** Lines that a picture has at most. */
const mostLines = 12;

/** Draws what Prometheus knows: a page that is served leads to the others. */
export function renderMonitor(look: MonitorLook, served?: { subject: Subject }): string {
  const { stack, at, range, panels } = look;
  const wanted = subjectNames.filter((subject) => panels.some((panel) => panel.subject === subject));
  return renderFrame(
    `Monitor of ${stack}`,
    [
      `<p class="faint">${escapeHtml(describeTime(at, true))} UTC, the last ${range}</p>`,
      ...(served === undefined ? [] : renderLinks(served.subject, range)),
      ...wanted.flatMap((subject) =>
        renderSubject(
          panels.filter((panel) => panel.subject === subject),
          look,
        ),
      ),
    ],
    served === undefined ? {} : { refreshSeconds },
  );
}

function renderLinks(current: Subject, range: Range): string[] {
  const link = (subject: string, to: string, text: string, isHere: boolean): string =>
    isHere ? `<a aria-current="page"><b>${text}</b></a>` : `<a href="/${subject}?range=${to}">${text}</a>`;
  return [
    `<nav>${subjectNames
      .map((subject) => link(subject, range, subject, subject === current))
      .join("")}</nav>`,
    `<nav>${Object.keys(ranges)
      .map((each) => link(current, each, each, each === range))
      .join("")}</nav>`,
  ];
}

function renderSubject(panels: FilledPanel[], look: MonitorLook): string[] {
  const dashboards = [...new Set(panels.map(({ dashboard }) => dashboard))];
  return dashboards.flatMap((dashboard) => {
    const own = panels.filter((panel) => panel.dashboard === dashboard);
    const stats = own.filter(({ kind }) => kind === "stat");
    const pictures = own.filter(({ kind }) => kind !== "stat");
    return [
      `<h2>${escapeHtml(dashboard.charAt(0).toUpperCase() + dashboard.slice(1))}</h2>`,
      '<div class="cards">',
      ...stats.flatMap(renderStat),
      "</div>",
      '<div class="grid">',
      ...pictures.flatMap((panel) => renderPicture(panel, look)),
      "</div>",
    ];
  });
}

/** The last value of each line. */
function renderStat(panel: FilledPanel): string[] {
  const { title, lines, unit, nothing = "nothing known" } = panel;
  const values = lines.flatMap(({ name, points }) => {
    const value = points.at(-1)?.[1];
    return typeof value === "number" ? [{ name, value }] : [];
  });
  const shown = values.map(
    ({ name, value }) =>
      `<b class="${judge(panel, value).tone}">${escapeHtml(describeValue(value, unit))}</b>${values.length === 1 ? "" : `<span class="faint">${escapeHtml(name)}</span>`}`,
  );
  const text = shown.length === 0 ? `<b class="faint">${escapeHtml(nothing)}</b>` : shown.join("");
  return [`<div class="card"><span class="faint">${escapeHtml(title)}</span>${text}</div>`];
}

function renderPicture(panel: FilledPanel, { at, range }: MonitorLook): string[] {
  const { title, kind, unit, lines, max, description, nothing = "Nothing is known of it." } = panel;
  const below = description === undefined ? [] : [`<p class="faint">${escapeHtml(description)}</p>`];
  if (lines.every(({ points }) => points.every(([, value]) => value === null)))
    return renderFigure(title, [`<p class="faint">${escapeHtml(nothing)}</p>`]);
  const time = { label: title, from: at - ranges[range], to: at };
  const formatX = (value: number): string => describeTime(value, ranges[range] > 86_400);
  const shown = lines.slice(0, mostLines);
  const more = lines.length - shown.length;
  const rest = more === 0 ? below : [...below, `<p class="faint">and ${more} more</p>`];
  const formatY = (value: number): string => describeValue(value, unit);
  if (kind === "heatmap")
    return renderFigure(
      title,
      drawCells({
        ...time,
        rows: separate(lines),
        formatX,
        formatValue: (value) => describeValue(value, "reqps"),
      }),
      below,
    );
  if (kind === "graph")
    return renderFigure(title, drawLines({ ...time, lines: shown, formatX, formatY, most: max }), rest);
  const bands = { ...time, lines: shown, formatX, judge: (value: number) => judge(panel, value) };
  return renderFigure(title, drawBands(bands), rest);
}

const tones: Record<string, Tone> = { green: "good", orange: "middling", red: "bad" };

/** How good a value of a panel is, by its names of values or its steps. */
export function judge(
  { names, steps, unit }: Pick<FilledPanel, "names" | "steps" | "unit">,
  value: number,
): { tone: Tone; text: string } {
  const known = names?.[String(value)];
  if (known !== undefined) return { tone: tones[known.color] ?? "none", text: known.text };
  const step = steps?.findLast(({ from }) => value >= from) ?? steps?.[0];
  return {
    tone: step === undefined ? "none" : (tones[step.color] ?? "none"),
    text: describeValue(value, unit),
  };
}

/** Classes of durations that hold all shorter ones, as classes of their own. */
export function separate(lines: Line[]): Line[] {
  const bound = ({ name }: Line): number => (name === "+Inf" ? Infinity : Number(name));
  const sorted = lines.toSorted((one, other) => bound(one) - bound(other));
  return sorted.map((line, at) => {
    const below = new Map(sorted[at - 1]?.points ?? []);
    return {
      name: Number.isFinite(bound(line)) ? `≤ ${describeValue(bound(line), "s")}` : "more",
      points: line.points.map(([time, value]): [number, number | null] => [
        time,
        value === null ? null : Math.max(0, value - (below.get(time) ?? 0)),
      ]),
    };
  });
}

function describeTime(seconds: number, withDay: boolean): string {
  const text = new Date(seconds * 1000).toISOString();
  return withDay ? text.slice(0, 16).replace("T", " ") : text.slice(11, 16);
}
