import { basename } from "node:path";
import { projectFolder, stackFolder } from "./bare/machine.cjs";

/** How a user calls a command, for the project at hand: this one, or an example. */
export function describeCall(name: string, ...words: string[]): string {
  if (name === "test") return "npm test";
  return adaptCall(`npm run ${name}${words.length === 0 ? "" : ` -- ${words.join(" ")}`}`);
}

/** A call of this project's, as it is for the project at hand. */
export function adaptCall(call: string): string {
  if (stackFolder === projectFolder) return call;
  return call.replace(/^npm run ([a-z]+)(?: --)?/, `npm run example -- ${basename(stackFolder)} $1`);
}
