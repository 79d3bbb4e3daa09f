import type { Unit } from "../../monitoring/dashboards";
import { describeBytes } from "../operator/table";

/** A value as people read it, by the unit of its panel. */
export function describeValue(value: number, unit: Unit): string {
  switch (unit) {
    case "percentunit":
      return `${shorten(value * 100)} %`;
    case "bytes":
      return describeBytes(Math.round(value));
    case "Bps":
      return `${describeBytes(Math.round(value))}/s`;
    case "s":
      return describeSeconds(value);
    case "reqps":
    case "ops":
    case "cps":
      return `${shorten(value)}/s`;
    case "d":
      return `${shorten(value)} d`;
    case "short":
      return shorten(value);
  }
}

/** Three digits, with a letter for thousands and more. */
function shorten(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e6) return `${Number((value / 1e6).toPrecision(3))} M`;
  if (size >= 1e4) return `${Number((value / 1e3).toPrecision(3))} k`;
  return String(size >= 100 ? Math.round(value) : Number(value.toPrecision(size < 0.001 ? 1 : 3)));
}

function describeSeconds(value: number): string {
  const size = Math.abs(value);
  if (size >= 2 * 86_400) return `${Math.round(value / 86_400)} d`;
  if (size >= 2 * 3600) return `${Math.round(value / 3600)} h`;
  if (size >= 120) return `${Math.round(value / 60)} min`;
  return size >= 1 || value === 0 ? `${shorten(value)} s` : `${shorten(value * 1000)} ms`;
}
