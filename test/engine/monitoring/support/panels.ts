import type { Dashboard, Panel } from "../../../../monitoring/dashboards/model";
import { type MonitoringOutputs, queryMeans } from "./prometheus";

/** A span of time, in milliseconds since 1970. */
export interface Span {
  from: number;
  to: number;
}

/** What a panel shows without and with load. */
export interface PanelVerdict {
  dashboard: string;
  panel: string;
  /** Number of its queries, and of those that gave nothing under load. */
  queries: number;
  empty: number;
  /** Number of lines under load. */
  series: number;
  /** Whether a value is another one under load. */
  moves: boolean;
  /** The line that moves most, without and with load. */
  example: string;
}

/** A change of a figure counts from this share of it. */
const leastShare = 0.01;

/** Evaluates all queries of a panel as Grafana would with everything chosen. */
export async function judgePanel(
  monitoring: MonitoringOutputs,
  dashboard: Dashboard,
  panel: Panel,
  spans: { idle: Span; load: Span },
): Promise<PanelVerdict> {
  const means = await Promise.all(
    panel.queries.map(async ({ expr }) => {
      const expression = expr.replaceAll(/\$[a-z_]+/g, ".*");
      return {
        idle: await queryMeans(monitoring, expression, spans.idle),
        load: await queryMeans(monitoring, expression, spans.load),
      };
    }),
  );
  const moved = means.flatMap(({ idle, load }) =>
    [...load].flatMap(([labels, value]) => {
      const before = idle.get(labels);
      const change = before === undefined ? Infinity : Math.abs(value - before);
      // What rounding or one look more or less makes of a value says nothing.
      const isMoved = change > Math.max(Math.abs(value), Math.abs(before ?? 0)) * leastShare;
      return isMoved ? [{ before, value, change }] : [];
    }),
  );
  const [most] = moved.toSorted((left, right) => finite(right.change) - finite(left.change));
  return {
    dashboard: dashboard.name,
    panel: panel.title,
    queries: means.length,
    empty: means.filter(({ load }) => load.size === 0).length,
    series: means.reduce((sum, { load }) => sum + load.size, 0),
    moves: most !== undefined,
    example: most === undefined ? "" : `${write(most.before)} → ${write(most.value)}`,
  };
}

/** A line that is there in both says more than one that is new. */
function finite(change: number): number {
  return Number.isFinite(change) ? change : 0;
}

function write(value: number | undefined): string {
  return value === undefined ? "nothing" : String(Number(value.toPrecision(3)));
}
