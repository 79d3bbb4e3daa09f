import { percent, type RuleSubject } from "../rule";
import { store, type StoreFigures } from "./figures";
import { kafka } from "./kafka";
import { mongodb } from "./mongodb";
import { postgres } from "./postgres";
import { redis } from "./redis";

const engines = [redis, postgres, mongodb, kafka];

/** Figures that exporters have of datastores: the same of every engine that has them. */
export const stores: RuleSubject = {
  name: "stores",
  recordings: (window) => {
    const measured = engines.map(({ figures }) => figures(window));
    const ofAny = (figure: keyof StoreFigures): string =>
      measured.flatMap(({ [figure]: expression }) => expression ?? []).join(" or ");
    return [
      { record: "store:up:bool", expr: ofAny("up") },
      { record: "store:operations:rate", expr: ofAny("operations") },
      { record: "store:connections:count", expr: ofAny("connections") },
      {
        record: "store:connections:ratio",
        expr: `store:connections:count / (${ofAny("mostConnections")})`,
      },
      { record: "store:data:bytes", expr: ofAny("data") },
      { record: "store:memory:ratio", expr: ofAny("memory") },
      { record: "store:lag:seconds", expr: ofAny("lag") },
      { record: "store:copies_missing:count", expr: ofAny("copiesMissing") },
      { record: "store:unread:messages", expr: ofAny("unread") },
    ];
  },
  alerts: ({ connectionsPercent, memoryPercent, lagSeconds }) => [
    {
      alert: "StoreDown",
      expr: "store:up:bool == 0",
      for: "20s",
      severity: "critical",
      summary: `The server {{ $labels.server }} of ${store} does not answer.`,
    },
    {
      alert: "StoreNotMeasured",
      expr: 'up{store!=""} == 0',
      for: "1m",
      severity: "warning",
      summary: `The exporter of {{ $labels.server }} of ${store} does not answer.`,
    },
    {
      alert: "StoreConnectionsHigh",
      expr: `store:connections:ratio > ${connectionsPercent / 100}`,
      for: "2m",
      severity: "warning",
      summary: `${percent} of the connections of ${store} are taken.`,
    },
    {
      alert: "StoreMemoryHigh",
      expr: `store:memory:ratio > ${memoryPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `${store} uses ${percent} of the memory for its data.`,
    },
    {
      alert: "StoreLags",
      expr: `store:lag:seconds > ${lagSeconds}`,
      for: "1m",
      severity: "warning",
      summary: `A copy of ${store} is {{ $value | humanizeDuration }} behind.`,
    },
    ...engines.flatMap(({ alerts }) => alerts),
  ],
};
