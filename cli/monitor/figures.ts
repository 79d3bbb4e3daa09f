import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { rateWindow } from "../../monitoring/rules";
import { Failure } from "../failure";
import { askPrometheus, encodeQuery } from "../operator/prometheus";
import { listPanels, nameLine, type ShownPanel, type Subject } from "./panels";
import type { Line } from "../page/lines";

/** How far back a page looks, by its name, in seconds. */
export const ranges = { "15m": 900, "1h": 3600, "6h": 21_600, "24h": 86_400, "7d": 604_800 } as const;

/** One of `ranges`. */
export type Range = keyof typeof ranges;

/** Whether there is such a range. */
export function isRange(text: string): text is Range {
  return Object.hasOwn(ranges, text);
}

/** A panel with what is to be seen in it; times are seconds since 1970. */
export interface FilledPanel extends ShownPanel {
  lines: Line[];
}

/** A look at a stack by its Prometheus. */
export interface MonitorLook {
  stack: string;
  at: number;
  range: Range;
  panels: FilledPanel[];
}

/** Points of a line. */
const points = 120;

/** Most seconds for the answers to all questions of a page. */
const mostSeconds = 60;

/** Asks Prometheus for all that these subjects show. */
export async function lookAt(
  { engine, prometheus, stack }: { engine: Engine; prometheus: Part; stack: string },
  wanted: Subject[],
  range: Range,
  at: number,
): Promise<MonitorLook> {
  const [settings] = await askPrometheus(engine, prometheus, ["/api/v1/status/config"]);
  if (settings === undefined)
    throw new Failure(`Prometheus of ${stack} does not answer. Look at it: npm run logs -- prometheus`);
  const window = rateWindow(readInterval(settings));
  const panels = wanted.flatMap((subject) => listPanels(subject, window));
  const paths = panels.flatMap((panel) =>
    panel.queries.map(({ expr }) => renderPath(panel, expr, range, at)),
  );
  const answers = await askPrometheus(engine, prometheus, paths, mostSeconds);
  return {
    ...{ stack, at, range },
    panels: panels.map((panel) => {
      const own = answers.splice(0, panel.queries.length);
      return {
        ...panel,
        lines: own.flatMap((answer, index) => readLines(answer, panel.queries[index]?.legend ?? "")),
      };
    }),
  };
}

/** The seconds between two looks of Prometheus, as its settings say. */
export function readInterval(answer: object): number {
  const { data } = answer as { data?: { yaml?: string } };
  return Number(/^ *scrape_interval: (\d+)s/m.exec(data?.yaml ?? "")?.[1] ?? 15);
}

function renderPath({ kind }: ShownPanel, expr: string, range: Range, at: number): string {
  const query = encodeQuery(expr);
  if (kind === "stat") return `/api/v1/query?query=${query}&time=${at}`;
  const seconds = ranges[range];
  return `/api/v1/query_range?query=${query}&start=${at - seconds}&end=${at}&step=${Math.max(15, Math.round(seconds / points))}`;
}

interface Answer {
  data?: {
    result?: { metric: Record<string, string>; value?: [number, string]; values?: [number, string][] }[];
  };
}

/** Reads the lines of an answer; there are none without a success. */
export function readLines(answer: object | undefined, legend: string): Line[] {
  const { data } = (answer ?? {}) as Answer;
  return (data?.result ?? []).map(({ metric, value, values = value === undefined ? [] : [value] }) => ({
    name: nameLine(legend, metric),
    points: addGaps(
      values.map(([time, text]): [number, number | null] => {
        const number = Number(text);
        return [time, Number.isFinite(number) ? number : null];
      }),
    ),
  }));
}

/** Where Prometheus knew nothing, a line has a gap. */
function addGaps(known: Line["points"]): Line["points"] {
  const step = Math.min(...known.slice(1).map(([time], at) => time - (known[at]?.[0] ?? 0)));
  return known.flatMap((point, at): Line["points"] => {
    const before = known[at - 1]?.[0];
    return before !== undefined && point[0] - before > step * 1.5 ? [[before + step, null], point] : [point];
  });
}
