// @ts-check
// Says what this machine has of what Flotilla runs on, and what mends it. Needs Node alone.
const { existsSync, statSync } = require("node:fs");
const { join } = require("node:path");
const machine = require("./machine.cjs");
const { start } = require("./usage.cjs");

/**
 * @typedef {object} Finding
 * @property {string} name What was looked for.
 * @property {boolean} ok
 * @property {string} found What was found.
 * @property {string} [remedy] What mends it: a command, or what to install.
 */

const environment = machine.withTools(process.env);
const canSetUp = machine.mayInstall(environment);
const up = machine.isInstalled ? "npx flotilla up" : "npm run up";

/** @returns {Promise<Finding[]>} */
async function examine() {
  const [engine, pulumi, images] = await Promise.all([
    machine.findEngine(environment),
    machine.ask("pulumi", ["version"], environment),
    machine.findImages(environment),
  ]);
  return [
    examineNode(),
    examineDependencies(),
    examineEngine(engine),
    examinePulumi(pulumi),
    examinePlugins(pulumi !== undefined),
    ...(engine === undefined ? [] : [examineImages(images)]),
    examineState(),
  ];
}

/** @returns {Finding} */
function examineNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  const ok = major > 20 || (major === 20 && minor >= 19);
  return result("Node.js", ok, process.versions.node, "Install Node.js 20.19 or newer from nodejs.org.");
}

/** @returns {Finding} */
function examineDependencies() {
  const needed = machine.isInstalled
    ? ["flotilla", "@pulumi/pulumi", "@pulumi/docker"]
    : ["@pulumi/pulumi", "@pulumi/docker", "@pulumi/command", "commander", "zod", "typescript"];
  const missing = needed.filter((name) => machine.findPackage(name) === undefined);
  const found = missing.length === 0 ? "installed" : `${missing.join(", ")} missing`;
  const install = existsSync(join(machine.stackFolder, "package.json")) ? "npm install" : "npx flotilla init";
  return result("packages", missing.length === 0, found, machine.isInstalled ? install : "npm ci");
}

/** @param {string | undefined} version @returns {Finding} */
function examineEngine(version) {
  const name = "Docker engine";
  const elsewhere =
    process.platform === "linux"
      ? "Install Docker Engine 20.10 or newer, start it, and let this user reach it."
      : "Install Docker Desktop from docs.docker.com/get-docker, and start it.";
  if (version === undefined) {
    const found =
      machine.findProgram("docker", environment) === undefined ? "no docker" : "no engine answers";
    const where = environment.DOCKER_HOST ? ` at ${environment.DOCKER_HOST}` : "";
    const remedy = environment.DOCKER_HOST
      ? "Start that engine, or unset DOCKER_HOST."
      : setUp("engine", elsewhere);
    return result(name, false, found + where, remedy);
  }
  const [major = 0, minor = 0] = version.split(".").map(Number);
  const open =
    major < 28 && process.platform === "linux"
      ? "; before 28, machines of the same network segment reach what is published on 127.0.0.1"
      : "";
  return result(name, major > 20 || (major === 20 && minor >= 10), `${version}${open}`, elsewhere);
}

/** @param {string | undefined} version @returns {Finding} */
function examinePulumi(version) {
  const file = machine.findProgram("pulumi", environment);
  const found = version === undefined ? "missing" : `${version} (${file})`;
  return result(
    "Pulumi",
    version !== undefined,
    found,
    canSetUp ? up : "Install it from pulumi.com/docs/install.",
  );
}

/** @param {boolean} hasPulumi @returns {Finding} */
function examinePlugins(hasPulumi) {
  const missing = machine.findPlugins(environment).filter(({ found }) => !found);
  const text = missing.map(({ name, version }) => `${name} ${version}`).join(", ");
  const first = missing[0];
  const install = first === undefined ? "" : `pulumi plugin install resource ${first.name} ${first.version}`;
  const remedy = hasPulumi && !canSetUp ? install : up;
  return result(
    "Pulumi's plugins",
    missing.length === 0,
    missing.length === 0 ? "installed" : `${text} missing`,
    remedy,
  );
}

/** @param {{ image: string, found: boolean, isStandIn: boolean }[]} images @returns {Finding} */
function examineImages(images) {
  const texts = images.map(
    ({ image, found, isStandIn }) =>
      `${image}${isStandIn ? " (stand-in)" : found ? "" : " not there yet: it is pulled when it is needed"}`,
  );
  return result("images", true, texts.join(", "));
}

/** @returns {Finding} */
function examineState() {
  if (process.env.PULUMI_BACKEND_URL || process.env.PULUMI_ACCESS_TOKEN)
    return result("state", true, "where PULUMI_BACKEND_URL or PULUMI_ACCESS_TOKEN says");
  const file = join(machine.stackFolder, ".pulumi-state", "passphrase");
  if (!existsSync(file)) return result("state", true, "none yet");
  const isPrivate = process.platform === "win32" || (statSync(file).mode & 0o077) === 0;
  return result(
    "state",
    isPrivate,
    isPrivate ? ".pulumi-state" : "others can read the passphrase",
    `chmod 600 ${file}`,
  );
}

/** @param {string} step @param {string} otherwise */
function setUp(step, otherwise) {
  return canSetUp
    ? machine.isInstalled
      ? `npx flotilla setup ${step}`
      : `npm run setup -- ${step}`
    : otherwise;
}

/** @param {string} name @param {boolean} ok @param {string} found @param {string} [remedy] @returns {Finding} */
function result(name, ok, found, remedy) {
  return ok || remedy === undefined ? { name, ok, found } : { name, ok, found, remedy };
}

/**
 * Says what was found; gives the exit code.
 * @param {{ json: boolean }} asked
 */
async function run({ json }) {
  const findings = await examine();
  const ok = findings.every((finding) => finding.ok);
  if (json) console.log(JSON.stringify({ ok, findings }, undefined, 2));
  else {
    const width = Math.max(...findings.map(({ name }) => name.length));
    for (const finding of findings) {
      console.log(`${finding.ok ? "ok  " : "MEND"}  ${finding.name.padEnd(width)}  ${finding.found}`);
      if (finding.remedy !== undefined) console.log(`      ${" ".repeat(width)}  → ${finding.remedy}`);
    }
    console.log(ok ? "Flotilla can run here." : "Flotilla cannot run here yet.");
  }
  return ok ? 0 : 1;
}

/** @type {import("./usage.cjs").BareCommand} */
const doctor = {
  name: "doctor",
  summary: "what this machine has of what Flotilla runs on, what is missing, and what mends it",
  words: { "--json": "the findings as JSON" },
  examples: [
    ["npm run doctor", "works before npm ci too"],
    ["npm run doctor -- --json", "for programs"],
  ],
};

module.exports = { doctor, run };
if (require.main === module)
  start(
    doctor,
    (words) => run({ json: words.length > 0 }),
    (word) => word === "--json",
  );
