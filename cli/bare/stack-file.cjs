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
  return new Map(
    readTexts(folder)
      .filter(([, text]) => !/\bsecure:|^secretsprovider:/m.test(text))
      .map(([name, text]) => [name, text.replace(/^encryptionsalt: .*\n?/m, "")]),
  );
}

/**
 * Remembers the stacks' files; gives the way back. `pulumi preview` writes into them what `--config` says.
 * @param {string} folder
 */
function keepStackFiles(folder) {
  const before = readTexts(folder);
  return () => {
    for (const [name, text] of before) replaceFile(join(folder, name), text);
  };
}

/**
 * Takes the salt out of these files again, and the spacing; Pulumi finds the salt in the state too.
 * @param {string} folder
 * @param {Map<string, string>} [before] What the files said before.
 */
function cleanStackFiles(folder, before) {
  for (const [name, text] of readStackFiles(folder)) {
    const old = before?.get(name);
    const wanted = old !== undefined && squeeze(old) === squeeze(text) ? old : text;
    replaceFile(join(folder, name), wanted);
  }
}

/** @param {string} folder */
function readTexts(folder) {
  const names = readdirSync(folder).filter((name) => /^Pulumi\.[\w.-]+\.yaml$/.test(name));
  return names.map((name) => /** @type {const} */ ([name, readFileSync(join(folder, name), "utf8")]));
}

/**
 * Renames the new text into place, so that whoever reads it meanwhile gets a whole file.
 * @param {string} file
 * @param {string} text
 */
function replaceFile(file, text) {
  if (readFileSync(file, "utf8") === text) return;
  const temporary = `${file}.${process.pid}`;
  writeFileSync(temporary, text);
  renameSync(temporary, file);
}

/** @param {string} text */
function squeeze(text) {
  return text.replaceAll(/\s/g, "");
}

module.exports = { cleanStackFiles, keepStackFiles, readStackFiles };
