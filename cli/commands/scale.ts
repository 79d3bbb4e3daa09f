import { defineCommand, rest } from "../command";
import { Misuse } from "../failure";
import { requireCounts } from "../operator/pools";
import { findDeployed } from "../operator/parts";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, unasked } from "../options";

/** Changes numbers of replicas. */
export const scale = defineCommand({
  name: "scale",
  summary: "changes numbers of replicas, which later runs keep; no request is lost",
  arguments: { counts: rest("pools with their numbers: api=5 worker=2") },
  options: { stack, yes: unasked, json, secretsProvider },
  examples: [
    ["npm run scale -- api=5", "five replicas; the same as up --replicas api=5"],
    ["npm run scale -- api=8 worker=4 --stack prod", "two pools in one deployment"],
  ],
  check: ({ counts }) => {
    if (counts.length === 0)
      throw new Misuse("The counts must be given, got nothing. Write them like api=5 worker=2.");
    const wrong = counts.filter((each) => !/^[\w-]+=\d+$/.test(each));
    if (wrong.length > 0)
      throw new Misuse(
        `The counts must be pools with numbers, got ${wrong.join(" ")}. Write them like api=5 worker=2.`,
      );
  },
  run: (given) =>
    updateStack("scale", given, { told: { replicas: given.counts, set: [] } }, async () => {
      requireCounts((await findDeployed(given.stack)).parts, given.counts);
    }),
});
