// @ts-check
// How commands are called that run before the packages are installed. Plain JavaScript, as they are.

/**
 * @typedef {object} BareCommand
 * @property {string} name
 * @property {string} summary What it does.
 * @property {Record<string, string>} words What it can be told, and what that means.
 * @property {[call: string, does: string][]} examples
 */

/**
 * How a command is called.
 * @param {BareCommand} command
 */
function describeUsage({ name, summary, words, examples }) {
  return [
    `Usage: npm run ${name} -- ${Object.keys(words)
      .map((word) => `[${word}]`)
      .join(" ")}`,
    "",
    `${summary.charAt(0).toUpperCase()}${summary.slice(1)}.`,
    "",
    ...describeLines(Object.entries(words)),
    "",
    "Examples:",
    ...describeLines(examples),
  ].join("\n");
}

/** @param {[string, string][]} lines */
function describeLines(lines) {
  const width = Math.max(...lines.map(([head]) => head.length));
  return lines.map(([head, text]) => `  ${head.padEnd(width)}  ${text}`);
}

/**
 * Runs a command with the words behind its name, and ends with its exit code; refuses words that it has no use for.
 * @param {BareCommand} command
 * @param {(words: string[]) => number | Promise<number>} run
 * @param {(word: string, at: number) => boolean} isKnown
 */
async function start(command, run, isKnown) {
  const words = process.argv.slice(2);
  const stray = words.find((word, at) => !isKnown(word, at));
  if (words.some((word) => word === "--help" || word === "-h")) console.log(describeUsage(command));
  else if (stray !== undefined) {
    const known = Object.keys(command.words).join(", ");
    console.error(`There is no use for ${stray}: ${command.name} can be told ${known}.`);
    process.exitCode = 2;
  } else process.exitCode = await run(words);
}

module.exports = { start };
