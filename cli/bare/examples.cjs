// @ts-check
// The examples of this project. Plain JavaScript, so that `npm run doctor` needs nothing installed.
const { existsSync, readdirSync, readFileSync } = require("node:fs");
const { join } = require("node:path");

const examplesFolder = join(__dirname, "..", "..", "examples");

/** Names of the examples for Node.js: those in other languages are started as their guide says. */
function listExamples() {
  return readdirSync(examplesFolder).filter((name) => existsSync(join(examplesFolder, name, "package.json")));
}

/**
 * The images that an example names.
 * @param {string} folder
 * @returns {string[]}
 */
function readImages(folder) {
  return JSON.parse(readFileSync(join(folder, "package.json"), "utf8")).flotilla.images;
}

module.exports = { examplesFolder, listExamples, readImages };
