import { imagesVariable } from "../../stack/variables";
import { parseReference } from "../../engine/image-reference";
import { describeCall } from "../call";
import { defineCommand, texts } from "../command";
import { Misuse } from "../failure";
import { readPools, requirePool, type SettledPool } from "../operator/told";
import { updateStack } from "../operator/work";
import { json, secretsProvider, stack, unasked, verbose } from "../options";

/** Deploys other images. */
export const deploy = defineCommand({
  name: "deploy",
  summary: "deploys another version of pools by their images, which later runs keep; no request is lost",
  options: {
    stack,
    image: texts(
      "pool=image",
      "the image of a pool; api= is that of the settings again; may be repeated",
      checkImage,
    ),
    ...{ yes: unasked, json, verbose, secretsProvider },
  },
  examples: [
    ["npm run deploy -- --image api=registry.example.com/api:1.5", "another version of one pool"],
    ["npm run deploy -- --image api= --stack prod", "the image that the settings name again"],
  ],
  check: ({ image }) => {
    if (image.length === 0)
      throw new Misuse(
        "--image must be given, got nothing. Write it like --image api=registry.example.com/api:1.5.",
      );
    const names = image.map((each) => each.replace(/=.*/s, ""));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined) throw new Misuse(`--image must name ${twice} once. Keep one image.`);
  },
  run: async (given) => {
    checkPools(await readPools(given.stack, "deploy"), given.image);
    const variables = { [imagesVariable]: given.image.join(",") };
    return updateStack("deploy", given, { variables }, () => describeImages(given.image));
  },
});

/** The end of a deployment: what later runs go on with. */
function describeImages(images: string[]): string {
  return images
    .map((each) => {
      const [, pool = "", image = ""] = /^([\w-]+)=(.*)$/s.exec(each) ?? [];
      return image === ""
        ? `${pool} has the image of the stack's file.`
        : `${pool} has ${image}, also in later runs, until the stack's file names another or you give it up: ${describeCall("deploy", `--image ${pool}=`)}`;
    })
    .join("\n");
}

function checkImage(written: string, place: string): void {
  const [, image] = /^[\w-]+=(.*)$/s.exec(written) ?? [];
  if (image !== undefined && (image === "" || parseReference(image) !== undefined)) return;
  throw new Misuse(
    `${place} must be a pool with an image, got ${JSON.stringify(written)}. Write it like api=registry.example.com/api:1.5.`,
  );
}

/** Refuses pools that there are not, and those whose image is built. */
export function checkPools(pools: SettledPool[], images: string[]): void {
  for (const each of images) {
    const [, name = "", image] = /^([^=]*)=(.*)$/.exec(each) ?? [];
    const { context } = requirePool(pools, name);
    if (context !== undefined && image !== "")
      throw new Misuse(
        `${name} must be a pool with an image, but its image is built from ${context}. Change what is there and run up, or set image in the place of build.`,
      );
  }
}
