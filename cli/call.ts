import { basename } from "node:path";
import { isExample, isInstalled, stackFolder } from "./bare/machine.cjs";

/** The pack of policies in the folder of somebody who has installed the package. */
const packOfPackage = "node_modules/flotilla/policies";

/** How a user calls a command, for the project at hand: one's own, a clone of Flotilla, or an example. */
export function describeCall(name: string, ...words: string[]): string {
  if (name === "test") return "npm test";
  return adaptCall(`npm run ${name}${words.length === 0 ? "" : ` -- ${words.join(" ")}`}`);
}

/** A call as it is in a clone, as it is for the project at hand. */
export function adaptCall(call: string): string {
  if (isInstalled) return adaptToPackage(call);
  if (!isExample) return call;
  return call.replace(/^npm run ([a-z][a-z-]*)(?: --)?/, `npm run example -- ${basename(stackFolder)} $1`);
}

/** The same call of the program that the package brings. */
export function adaptToPackage(call: string): string {
  return call
    .replaceAll(/npm run (?:-s )?(?:flotilla -- |([a-z][a-z-]*)(?: --(?= ))?)/g, (_, name?: string) =>
      name === undefined || name === "flotilla" ? "npx flotilla " : `npx flotilla ${name}`,
    )
    .replace("--policy-pack policies", `--policy-pack ${packOfPackage}`);
}
