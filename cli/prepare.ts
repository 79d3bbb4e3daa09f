import { join } from "node:path";
import {
  cacheFolder,
  findEngine,
  findImages,
  findPlugins,
  findProgram,
  mayInstall,
  pulumiVersion,
  setUpScript,
  withTools,
} from "./bare/machine.cjs";
import { reaches } from "../tools/sealed/lib/reaches.cjs";
import { Failure } from "./failure";
import { run as runProgram, say, type Run } from "./processes";

/** All that the preparation knows of the machine, and does to it. */
export interface Machine {
  /** The environment; its PATH is looked at again after each step. */
  environment: () => NodeJS.ProcessEnv;
  run: Run;
  mayInstall: (environment: NodeJS.ProcessEnv) => boolean;
  findEngine: (environment: NodeJS.ProcessEnv) => Promise<string | undefined>;
  findProgram: (name: string, environment: NodeJS.ProcessEnv) => string | undefined;
  findPlugins: (environment: NodeJS.ProcessEnv) => { name: string; version: string; found: boolean }[];
  findImages: (
    environment: NodeJS.ProcessEnv,
  ) => Promise<{ image: string; found: boolean; isStandIn: boolean }[]>;
  /** Whether Pulumi's own site answers. */
  reachesPulumi: () => Promise<boolean>;
  say: (text: string) => void;
}

/** This machine. */
export const thisMachine: Machine = {
  environment: () => withTools(process.env),
  run: runProgram,
  ...{ mayInstall, findEngine, findProgram, findPlugins, findImages },
  reachesPulumi: () => reaches("https://get.pulumi.com"),
  say,
};

/** Sees to it that there are an engine, Pulumi and, where anything is to be deployed, images: what is there is used. */
export async function prepare({ images = true } = {}, machine = thisMachine): Promise<void> {
  await prepareEngine(machine);
  await preparePulumi(machine);
  if (images) await prepareImages(machine);
}

async function prepareEngine({ environment, findEngine, mayInstall, run }: Machine): Promise<void> {
  if ((await findEngine(environment())) !== undefined) return;
  if (!mayInstall(environment()))
    throw new Failure(
      process.platform === "linux"
        ? "Docker cannot be reached: install Docker Engine 20.10 or newer and let this user reach it, or start this command as root on Debian, which installs it."
        : "Docker cannot be reached: install Docker Desktop from docs.docker.com/get-docker, and start it.",
    );
  await setUp("engine", run, environment());
}

async function preparePulumi(machine: Machine): Promise<void> {
  const { environment, findProgram, findPlugins, say } = machine;
  const isComplete = () =>
    findProgram("pulumi", environment()) !== undefined &&
    findPlugins(environment()).every(({ found }) => found);
  if (isComplete()) return;
  const startedAt = Date.now();
  if ((await machine.reachesPulumi()) && (await installOfficial(machine))) {
    say(`Pulumi is ready after ${Math.round((Date.now() - startedAt) / 1000)} s.`);
    return;
  }
  if (!machine.mayInstall(environment()))
    throw new Failure("Pulumi or one of its plugins is missing: install it from pulumi.com/docs/install.");
  const step = findProgram("pulumi", environment()) === undefined ? "toolchain" : "plugins";
  await setUp(step, machine.run, environment());
}

/** The ordinary way: the command line by the package that npm has of it, and the plugins by the command line. */
async function installOfficial({
  environment,
  findProgram,
  findPlugins,
  run,
  say,
}: Machine): Promise<boolean> {
  if (findProgram("pulumi", environment()) === undefined) {
    say(`Installing the Pulumi command line ${pulumiVersion} (a minute).`);
    const home = { ...environment(), PULUMI_HOME: join(cacheFolder(environment()), "pulumi") };
    const args = ["exec", "--yes", `--package=pulumi@${pulumiVersion}`, "--", "pulumi", "version"];
    const { code } = await run("npm", args, home, "beside");
    if (code !== 0) return false;
  }
  for (const { name, version } of findPlugins(environment()).filter(({ found }) => !found)) {
    say(`Installing Pulumi's plugin ${name} ${version} (a minute).`);
    const args = ["plugin", "install", "resource", name, version];
    if ((await run("pulumi", args, environment(), "beside")).code !== 0) return false;
  }
  return true;
}

async function prepareImages({ environment, findImages, mayInstall, run, say }: Machine): Promise<void> {
  let images = await findImages(environment());
  const missing = images.filter(({ found }) => !found).map(({ image }) => image);
  if (missing.length > 0 && mayInstall(environment())) {
    await setUp("image", run, environment(), missing);
    images = await findImages(environment());
  }
  const standIns = images.filter(({ isStandIn }) => isStandIn).map(({ image }) => image);
  if (standIns.length > 0)
    say(`Stand-ins in use: ${standIns.join(", ")}, made from Debian packages (see docs/sealed.md).`);
}

async function setUp(
  step: string,
  run: Run,
  environment: NodeJS.ProcessEnv,
  names: string[] = [],
): Promise<void> {
  const { code } = await run("sh", [setUpScript, step, ...names], environment, "beside");
  if (code !== 0) throw new Failure(`The set-up of the ${step} did not end well: what it said stands above.`);
}
