import { run, setup as bare, steps } from "../bare/setup.cjs";
import { defineCommand, optional, rest } from "../command";

/** Gives a bare Debian machine what Flotilla runs on. */
export const setup = defineCommand({
  ...{ name: "setup", summary: bare.summary, examples: bare.examples },
  arguments: {
    step: optional(bare.words.step ?? "", undefined, () => steps),
    images: rest(bare.words.images ?? ""),
  },
  run: ({ step, images }) => Promise.resolve(run([...(step === undefined ? [] : [step]), ...images])),
});
