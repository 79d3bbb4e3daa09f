import { withoutCanaryVariable } from "../../deploy/canary-settings";
import type { Release } from "../../stack/releases";
import { imagesVariable } from "../../stack/variables";
import { defineCommand, flag, optional } from "../command";
import { exitCodes, Failure } from "../failure";
import { requireUnlocked } from "../lock";
import { chooseRelease, describeWayBack, findImages, listChanges, listReleases } from "../operator/releases";
import { findDeployed } from "../operator/parts";
import { readPools } from "../operator/told";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, verbose } from "../options";
import { isAgreed, say } from "../processes";

/** Goes back to the images of an earlier release. */
export const rollback = defineCommand({
  name: "rollback",
  summary: "goes back to the images of an earlier release, with the settings of now; no request is lost",
  arguments: { release: optional("its number in history; the one before when left out", undefined) },
  options: {
    stack,
    yes: flag("no question first; the same where there is no terminal", "y"),
    ...{ json, verbose, secretsProvider },
  },
  examples: [
    ["npm run rollback", "to the release before; says what will change, and asks"],
    ["npm run rollback -- 3 --yes --stack prod", "to this one of the last five, without a question"],
  ],
  run: async (given) => {
    const { engine } = await findDeployed(given.stack);
    await requireUnlocked(engine, given.stack);
    const releases = await listReleases(given.stack);
    const then = chooseRelease(releases, given.release, given.stack);
    const pools = (await readPools(given.stack, "rollback")).map(({ name }) => name);
    const [now = then] = releases;
    const changes = listChanges(pools, now, then);
    if (changes.length === 0) {
      say(`Every pool runs what it ran in release ${then.release}.`);
      return exitCodes.done;
    }
    const images = await findImages(engine, changes);
    say(describeWayBack(then, now, changes, pools, Date.now()).join("\n"));
    if (!(await isAgreed("Go back?", given))) throw new Failure("Nothing was touched.");
    const variables = {
      [imagesVariable]: [...images].map((pair) => pair.join("=")).join(","),
      // Steps would leave most requests with what is to go.
      [withoutCanaryVariable]: "true",
    };
    return updateStack("rollback", given, { variables }, () => describeArrival(then));
  },
});

function describeArrival({ release }: Release): string {
  return `Every pool has the image of release ${release}. Later runs go on with it until the stack's file names another, or what is built changes.`;
}
