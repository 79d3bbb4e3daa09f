import type { Dashboard } from "./model";
import { better, chosenPools, poolChoices, query, stat } from "./panels";

const pool = "{{service}}/{{pool}}";
const colours = better(0.99, 0.999);

/** How available each pool was, day by day. */
export const history: Dashboard = {
  name: "history",
  title: "Flotilla: health history",
  description: "Each square is a day; a day on which nobody asked has none among the requests.",
  choices: poolChoices,
  range: "90d",
  panels: [
    {
      title: "Requests answered well, by day",
      kind: "history",
      unit: "percentunit",
      queries: [query(`pool:success:ratio_1d${chosenPools}`, pool)],
      width: 24,
      steps: colours,
      every: "1d",
    },
    {
      title: "Time with a replica that works, by day",
      kind: "history",
      unit: "percentunit",
      queries: [query(`pool:available:ratio_1d${chosenPools}`, pool)],
      width: 24,
      steps: colours,
      every: "1d",
    },
    stat(
      "Requests answered well, within a day",
      "percentunit",
      [query(`pool:success:ratio_1d${chosenPools}`, pool)],
      {
        width: 12,
        steps: colours,
      },
    ),
    stat(
      "Time with a replica that works, within a day",
      "percentunit",
      [query(`pool:available:ratio_1d${chosenPools}`, pool)],
      { width: 12, steps: colours },
    ),
  ],
};
