import { answered, byPool, failed, pool } from "./requests";
import { percent, type RuleSubject } from "./rule";

/** Each pair of windows: a long one that says how much is lost, a short one that says that it goes on. */
const fast = [
  { long: "1h", short: "5m", factor: 14.4 },
  { long: "6h", short: "30m", factor: 6 },
];
const slow = [
  { long: "1d", short: "2h", factor: 3 },
  { long: "3d", short: "6h", factor: 1 },
];
const windows = ["5m", "30m", "1h", "2h", "6h", "1d", "3d"];

/** How available a pool is over days, and how fast the failures that its objective allows are used up. */
export const availability: RuleSubject = {
  name: "availability",
  recordings: () => [
    ...windows.map((window) => ({
      record: `pool:error:ratio_${window}`,
      expr: `${byPool} (rate(${failed}[${window}])) / (${byPool} (rate(${answered}[${window}])) > 0)`,
    })),
    // For those who asked, and for whoever might have.
    { record: "pool:success:ratio_1d", expr: "1 - pool:error:ratio_1d" },
    { record: "pool:available:bool", expr: "pool:replicas_up:count > bool 0" },
    { record: "pool:available:ratio_1d", expr: "avg_over_time(pool:available:bool[1d])" },
  ],
  alerts: ({ availabilityPercent }) => {
    const budget = 1 - availabilityPercent / 100;
    const burns = (rates: typeof fast): string =>
      rates
        .map(({ long, short, factor }) => {
          const bound = Number((factor * budget).toPrecision(6));
          return `(pool:error:ratio_${long} > ${bound} and pool:error:ratio_${short} > ${bound})`;
        })
        .join(" or ");
    return [
      {
        alert: "ErrorBudgetBurnsFast",
        expr: burns(fast),
        for: "1m",
        severity: "critical",
        summary: `${percent} of the requests to ${pool} fail: the failures of a month are used up within days.`,
      },
      {
        alert: "ErrorBudgetBurnsSlowly",
        expr: burns(slow),
        for: "15m",
        severity: "warning",
        summary: `${percent} of the requests to ${pool} fail: more than ${availabilityPercent} % allow.`,
      },
    ];
  },
};
