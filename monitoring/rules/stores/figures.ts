import type { Alert } from "../rule";

/** Figures that the exporter of an engine has of a server of a store, each as an expression. */
export interface StoreFigures {
  /** Whether it answers. */
  up: string;
  /** Operations per second. */
  operations: string;
  /** Connections that are taken. */
  connections?: string;
  /** Connections that there may be. */
  mostConnections?: string;
  /** Bytes of its data. */
  data: string;
  /** Share of the memory for its data that is taken. */
  memory?: string;
  /** Seconds that a copy is behind. */
  lag?: string;
  /** Parts of which there are fewer copies than there should be. */
  copiesMissing?: string;
  /** Messages that are still to be read. */
  unread?: string;
}

/** An engine of stores, as it is measured. */
export interface MeasuredEngine {
  /** Its figures; rates are taken over the window. */
  figures: (window: string) => StoreFigures;
  /** Alerts that no other engine has. */
  alerts: Alert[];
}

export const byServer = "by (store, engine, server)";
/** A store, in the summary of an alert. */
export const store = "{{ $labels.store }}";
