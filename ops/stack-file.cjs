// @ts-check
// Keeps the stacks' files as they are in Git: Pulumi writes the salt of its encryption into them, in spacing of its own.
const { readFileSync, readdirSync, renameSync, writeFileSync } = require("node:fs");
const { join } = require("node:path");

/**
 * Reads the stacks' files that hold nothing encrypted, without the salt.
 * @param {string} folder
 * @returns {Map<string, string>}
 */
function readStackFiles(folder) {
  const names = readdirSync(folder).filter((name) => /^Pulumi\.[\w.-]+\.yaml$/.test(name));
  const texts = names.map((name) => /** @type {const} */ ([name, readFileSync(join(folder, name), "utf8")]));
  return new Map(
    texts
      .filter(([, text]) => !/\bsecure:|^secretsprovider:/m.test(text))
      .map(([name, text]) => [name, text.replace(/^encryptionsalt: .*\n?/m, "")]),
  );
}

/**
 * Takes the salt out of these files again, and the spacing; Pulumi finds the salt in the state too.
 * @param {string} folder
 * @param {Map<string, string>} [before] What the files said before.
 */
function cleanStackFiles(folder, before) {
  for (const [name, text] of readStackFiles(folder)) {
    const file = join(folder, name);
    const old = before?.get(name);
    const wanted = old !== undefined && squeeze(old) === squeeze(text) ? old : text;
    if (wanted === readFileSync(file, "utf8")) continue;
    // Renamed into place, so that whoever reads it meanwhile gets a whole file.
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, wanted);
    renameSync(temporary, file);
  }
}

/** @param {string} text */
function squeeze(text) {
  return text.replaceAll(/\s/g, "");
}

module.exports = { cleanStackFiles, readStackFiles };
