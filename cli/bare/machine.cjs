// @ts-check
// What this machine has of what Flotilla runs on. Plain JavaScript, so that `npm run doctor` needs nothing installed.
const { execFile } = require("node:child_process");
const { accessSync, constants, existsSync, readFileSync } = require("node:fs");
const { homedir } = require("node:os");
const { delimiter, dirname, join, sep } = require("node:path");
const { examplesFolder, readImages } = require("./examples.cjs");

/** The official command line that is installed where none is there. */
const pulumiVersion = "3.265.0";
/** The folder of Flotilla itself: a clone, or the package where it is installed. */
const projectFolder = findUpwards(__dirname, "package.json") ?? __dirname;
/** Whether Flotilla is installed as a package, and the stacks are those of its user. */
const isInstalled = !existsSync(join(projectFolder, "cli", "main.ts"));
/** The Pulumi project whose stacks are deployed: that of whoever has installed the package; in a clone its own, or an example. */
const stackFolder =
  process.env.FLOTILLA_PROJECT_FOLDER ||
  (isInstalled ? (findUpwards(process.cwd(), "Pulumi.yaml") ?? process.cwd()) : projectFolder);
/** Whether it is an example. */
const isExample = stackFolder.startsWith(examplesFolder + sep);
/** Images of the stack dev of a clone beside the balancer's. */
const imagesOfDev = [
  ...["node:24-slim", "redis:8.2"],
  ...["prom/prometheus:v3.5.3", "prom/alertmanager:v0.33.1", "prom/node-exporter:v1.11.1"],
];
/** Images of its stacks that are known before they are deployed. */
const images = isExample ? readImages(stackFolder) : ["nginx:1.30.4", ...(isInstalled ? [] : imagesOfDev)];
/** The set-up of a bare machine; the package has it beside its commands. */
const setUpScript = join(__dirname, "..", "..", "tools", "sealed", "setup");
const isWindows = process.platform === "win32";

/**
 * The nearest folder that has a file, from one upwards.
 * @param {string} folder
 * @param {string} name
 * @returns {string | undefined}
 */
function findUpwards(folder, name) {
  if (existsSync(join(folder, name))) return folder;
  const above = dirname(folder);
  return above === folder ? undefined : findUpwards(above, name);
}

/** The folder that a set-up keeps everything in. @param {NodeJS.ProcessEnv} environment */
function cacheFolder(environment) {
  return environment.FLOTILLA_HOME || join(homedir(), ".cache", "flotilla");
}

/** The folders that a set-up puts programs into. @param {NodeJS.ProcessEnv} environment */
function toolFolders(environment) {
  const cache = cacheFolder(environment);
  return [join(cache, "pulumi", "versions", pulumiVersion, "bin"), join(cache, "bin")];
}

/**
 * The environment with the programs of a set-up behind those of the user.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {NodeJS.ProcessEnv}
 */
function withTools(environment) {
  const path = [...searchFolders(environment), ...toolFolders(environment)];
  const others = Object.entries(environment).filter(([name]) => !isPath(name));
  /** @type {NodeJS.ProcessEnv} */
  const extended = {
    ...Object.fromEntries(others),
    PATH: path.join(delimiter),
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  // Plugins that were built here are found on the PATH; asking for others would only fail where they cannot be had.
  if (findProgram("pulumi-resource-docker", extended) !== undefined)
    extended.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ??= "true";
  return extended;
}

/**
 * The folders that are searched for programs.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string[]}
 */
function searchFolders(environment) {
  const [, path = ""] = Object.entries(environment).find(([name]) => isPath(name)) ?? [];
  return path.split(delimiter).filter((folder) => folder !== "");
}

/** Windows writes the name as it likes. @param {string} name */
function isPath(name) {
  return isWindows ? name.toUpperCase() === "PATH" : name === "PATH";
}

/**
 * Finds a program on the PATH.
 * @param {string} name
 * @param {NodeJS.ProcessEnv} environment
 * @returns {string | undefined}
 */
function findProgram(name, environment) {
  const names = isWindows ? [`${name}.exe`, `${name}.cmd`] : [name];
  return searchFolders(environment)
    .flatMap((folder) => names.map((each) => join(folder, each)))
    .find(isExecutable);
}

/** @param {string} file */
function isExecutable(file) {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * The plugins that the program needs, and whether Pulumi finds them.
 * @param {NodeJS.ProcessEnv} environment
 * @returns {{ name: string, version: string, found: boolean }[]}
 */
function findPlugins(environment) {
  const home = environment.PULUMI_HOME || join(homedir(), ".pulumi");
  return ["command", "docker"].map((name) => {
    const version = versionOf(`@pulumi/${name}`);
    const found =
      findProgram(`pulumi-resource-${name}`, environment) !== undefined ||
      existsSync(join(home, "plugins", `resource-${name}-v${version}`));
    return { name, version, found };
  });
}

/**
 * The version of a package that is installed here, or else the one that Flotilla is made with.
 * @param {string} name
 * @returns {string}
 */
function versionOf(name) {
  const installed = findPackage(name);
  if (installed !== undefined)
    return JSON.parse(readFileSync(join(installed, "package.json"), "utf8")).version;
  const { dependencies, devDependencies } = JSON.parse(
    readFileSync(join(projectFolder, "package.json"), "utf8"),
  );
  return { ...devDependencies, ...dependencies }[name];
}

/**
 * The folder of a package that the program of the stacks finds; undefined when it is not installed.
 * @param {string} name
 * @param {string} from
 * @returns {string | undefined}
 */
function findPackage(name, from = isInstalled ? stackFolder : projectFolder) {
  const folder = findUpwards(from, join("node_modules", name, "package.json"));
  return folder && join(folder, "node_modules", name);
}

/**
 * Runs a program that answers soon; gives what it printed, or undefined.
 * @param {string} command
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Promise<string | undefined>}
 */
function ask(command, args, environment) {
  return new Promise((resolve) => {
    // Windows starts npm and other scripts through its shell alone.
    const shell = isWindows && /^npm$/.test(command);
    execFile(command, args, { env: environment, timeout: 20_000, shell }, (error, stdout) => {
      resolve(error === null ? stdout.trim() : undefined);
    });
  });
}

/** Version of the engine; undefined when none can be reached. @param {NodeJS.ProcessEnv} environment */
function findEngine(environment) {
  return ask("docker", ["version", "--format", "{{.Server.Version}}"], environment);
}

/**
 * Which of the images the engine has, and which of these are stand-ins.
 * @param {NodeJS.ProcessEnv} environment
 */
async function findImages(environment) {
  const format = '{{index .RepoTags 0}} {{index .Config.Labels "flotilla.stand-in"}}';
  const answers = await Promise.all(
    images.map(async (image) => {
      const answer = await ask("docker", ["image", "inspect", "--format", format, image], environment);
      return { image, found: answer !== undefined, isStandIn: answer?.endsWith(" true") ?? false };
    }),
  );
  return answers;
}

/** Whether a set-up may install packages here. @param {NodeJS.ProcessEnv} environment */
function mayInstall(environment) {
  return (
    process.platform === "linux" &&
    process.getuid?.() === 0 &&
    findProgram("apt-get", environment) !== undefined
  );
}

module.exports = {
  ask,
  cacheFolder,
  findEngine,
  findImages,
  findPackage,
  findPlugins,
  findProgram,
  images,
  isExample,
  isInstalled,
  mayInstall,
  projectFolder,
  pulumiVersion,
  searchFolders,
  setUpScript,
  stackFolder,
  withTools,
};
