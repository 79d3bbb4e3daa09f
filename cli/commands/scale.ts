import { defineCommand, rest } from "../command";
import { Failure, Misuse } from "../failure";
import { listParts } from "../../engine/parts";
import { describeCounts, refuseUnknownPools, requireCounts } from "../operator/pools";
import { findDeployed } from "../operator/parts";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, unasked, verbose } from "../options";

/** Changes numbers of replicas. */
export const scale = defineCommand({
  name: "scale",
  summary: "changes numbers of replicas, which later runs keep; no request is lost",
  arguments: { counts: rest("pools with their numbers: api=5 worker=2") },
  options: { stack, yes: unasked, json, verbose, secretsProvider },
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
  run: async (given) => {
    // What is not there yet is deployed with these numbers.
    const before = await findDeployed(given.stack).catch(passFailure);
    if (before !== undefined) refuseUnknownPools(before.parts, given.counts, given.stack);
    return updateStack("scale", given, { replicas: given.counts }, async () => {
      const { engine, label } = before ?? (await findDeployed(given.stack));
      const parts = await listParts(engine, label);
      requireCounts(parts, given.counts);
      return describeCounts(before?.parts ?? [], given.counts);
    });
  },
});

/** Why nothing is found, the deployment says itself where it cannot be made. */
function passFailure(error: unknown): undefined {
  if (!(error instanceof Failure)) throw error;
}
