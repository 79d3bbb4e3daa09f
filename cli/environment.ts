import { existsSync } from "node:fs";
import { delimiter } from "node:path";
import { searchFolders, withTools } from "./bare/machine.cjs";
import { stateVariables } from "./state";

/** Everything that plain `pulumi` needs to work as `npm run up` does. */
export interface PlainEnvironment {
  variables: Record<string, string>;
  /** Folders to be searched for programs after the others. */
  folders: string[];
}

/** Finds what plain `pulumi` needs. */
export function findPlainEnvironment(environment: NodeJS.ProcessEnv): PlainEnvironment {
  const extended = withTools(environment);
  const plugins = extended.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION;
  const before = searchFolders(environment);
  return {
    variables: {
      ...stateVariables(environment),
      ...(plugins === undefined ? {} : { PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: plugins }),
    },
    folders: searchFolders(extended).filter((folder) => !before.includes(folder) && existsSync(folder)),
  };
}

/** Renders it as one line for a shell to read. */
export function renderLine({ variables, folders }: PlainEnvironment, shell: string): string {
  const isPowerShell = shell === "powershell";
  const quote = (value: string) =>
    isPowerShell ? `'${value.replaceAll("'", "''")}'` : `'${value.replaceAll("'", String.raw`'\''`)}'`;
  const assignments = Object.entries(variables).map(([name, value]) => [name, quote(value)]);
  const added = folders.map((folder) => delimiter + folder).join("");
  if (added !== "")
    assignments.push(["PATH", isPowerShell ? `$env:PATH + ${quote(added)}` : `"$PATH"${quote(added)}`]);
  if (isPowerShell) return assignments.map(([name, value]) => `$env:${name} = ${value}`).join("; ");
  return assignments.length === 0 ? "" : `export ${assignments.map((pair) => pair.join("=")).join(" ")}`;
}
