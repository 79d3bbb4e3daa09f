import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { cacheFolder } from "../../../../cli/bare/machine.cjs";

/** The environment with what runs programs in YAML first, where `tools/sealed/setup languages` had to make it. */
export function withLanguages(environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const folder = join(cacheFolder(process.env), "languages");
  if (!existsSync(folder)) return environment;
  return { ...environment, PATH: [folder, environment.PATH ?? ""].join(delimiter) };
}
