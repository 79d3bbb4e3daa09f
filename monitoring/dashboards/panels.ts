import type { Dashboard, Panel, Query, Step, Unit } from "./model";

type Options = Omit<Partial<Panel>, "title" | "kind" | "unit" | "queries">;

/** Lines over time. */
export function graph(title: string, unit: Unit, queries: Query[], options: Options = {}): Panel {
  return { title, kind: "graph", unit, queries, width: 12, ...options };
}

/** The last value, as a number. */
export function stat(title: string, unit: Unit, queries: Query[], options: Options = {}): Panel {
  return { title, kind: "stat", unit, queries, width: 6, ...options };
}

/** A band for each line, in the colours of its values. */
export function timeline(title: string, queries: Query[], options: Options = {}): Panel {
  return { title, kind: "timeline", unit: "short", queries, width: 12, ...options };
}

/** A question, with the names of its lines. */
export function query(expr: string, legend: string): Query {
  return { expr, legend };
}

/** Words for whether something works. */
export const works: NonNullable<Panel["names"]> = {
  0: { text: "out", color: "red" },
  1: { text: "works", color: "green" },
};

/** Colours of what gets worse the more it is. */
export function worse(orange: number, red: number): Step[] {
  return [
    { from: 0, color: "green" },
    { from: orange, color: "orange" },
    { from: red, color: "red" },
  ];
}

/** Colours of what gets better the more it is. */
export function better(orange: number, green: number): Step[] {
  return [
    { from: 0, color: "red" },
    { from: orange, color: "orange" },
    { from: green, color: "green" },
  ];
}

/** Choices of a dashboard about pools. */
export const poolChoices: Dashboard["choices"] = [
  { label: "service", of: "pool:replicas:count" },
  { label: "pool", of: 'pool:replicas:count{service=~"$service"}' },
];

/** Selects the pools that are chosen. */
export const chosenPools = '{service=~"$service",pool=~"$pool"}';
