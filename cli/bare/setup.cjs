// @ts-check
// Gives a bare Debian machine what Flotilla runs on, by `tools/sealed/setup`. Needs Node alone.
const { spawnSync } = require("node:child_process");
const { setUpScript } = require("./machine.cjs");
const { start } = require("./usage.cjs");

/** Steps of the set-up. */
const steps = ["engine", "toolchain", "plugins", "languages", "images", "image"];

/**
 * Runs the set-up, or a step of it; gives the exit code.
 * @param {string[]} words
 */
function run(words) {
  const { status } = spawnSync("sh", [setUpScript, ...words], {
    stdio: "inherit",
  });
  return status ?? 1;
}

/** @type {import("./usage.cjs").BareCommand} */
const setup = {
  name: "setup",
  summary: "gives a bare Debian machine what Flotilla runs on, from package registries alone",
  words: {
    step: "a step of it; engine, toolchain and images when left out",
    images: "behind the step image: further images, or stand-ins for them",
  },
  examples: [
    ["npm run setup", "all that there has to be"],
    ["npm run setup -- image redis postgres", "two more images"],
  ],
};

module.exports = { run, setup, steps };
if (require.main === module) void start(setup, run, (word) => !word.startsWith("-"));
