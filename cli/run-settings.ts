import { replicasVariable, settingsVariable } from "../stack/variables";
import { isExample, stackFolder } from "./bare/machine.cjs";
import { hasOwnSettings, prepareExampleRun, type RunSettings } from "./example-settings";
import type { Told } from "./options";

/** Gives the program of a stack what it is told; files for this run are in a folder of its own. */
export function prepareRun(stack: string, told: Told, folderOfRun: string): RunSettings {
  if (isExample && hasOwnSettings(stackFolder))
    return prepareExampleRun({ folder: stackFolder, stack }, told, folderOfRun);
  return { variables: renderVariables(told), options: [], keep: () => undefined };
}

function renderVariables({ replicas, set }: Told): NodeJS.ProcessEnv {
  return {
    ...(replicas.length === 0 ? {} : { [replicasVariable]: replicas.join(",") }),
    ...(set.length === 0 ? {} : { [settingsVariable]: set.join("\n") }),
  };
}
