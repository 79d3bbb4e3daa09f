// The folder of a user who has installed the package: a Pulumi project whose program is the package's, or has its components.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { adaptToPackage, describeCall } from "./call";
import { findPackage } from "./bare/machine.cjs";
import { exitCodes, Failure, Misuse } from "./failure";
import { run as runProgram, say, type Run } from "./processes";

/** Packages without which Pulumi cannot start the program. */
const needed = ["flotilla", "@pulumi/pulumi", "@pulumi/docker"];

/** The files by which one sees with what the packages of a folder are installed. */
const managers = [
  ["pnpm-lock.yaml", "pnpm"],
  ["yarn.lock", "yarn"],
  ["bun.lock", "bun"],
] as const;

/** The program that installs the packages of a folder. */
export function managerOf(folder: string): string {
  return managers.find(([file]) => existsSync(join(folder, file)))?.[1] ?? "npm";
}

/** Refuses a folder that is no project. */
export function requireProject(folder: string): void {
  if (existsSync(join(folder, "Pulumi.yaml"))) return;
  throw new Misuse(
    `There is no Pulumi.yaml in ${folder}, nor above it. Run ${adaptToPackage(describeCall("init"))} in the folder of your application, or name that folder: npx flotilla --cwd <folder> up`,
  );
}

/** Sees to it that there is a project, and the packages that its program needs where that is to run. */
export async function provideProgram(folder: string, isToRun: boolean, run: Run = runProgram): Promise<void> {
  requireProject(folder);
  const isMissing = (name: string) => findPackage(name, folder) === undefined;
  if (!isToRun || !existsSync(join(folder, "package.json")) || !needed.some(isMissing)) return;
  const manager = managerOf(folder);
  say(`Installing the packages that package.json names (${manager} install).`);
  const { code } = await run(manager, ["install"], process.env, "beside");
  const left = needed.filter(isMissing);
  if (code !== exitCodes.done || left.length > 0)
    throw new Failure(
      `${left.join(", ") || "The packages"} cannot be installed: see above. package.json has to name ${needed.join(", ")}.`,
    );
}
