import { execFileSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

/** The folder of this project. */
export const projectFolder = join(__dirname, "..");

const stateFolder = join(projectFolder, ".pulumi-state");

/** The environment for Pulumi: what the user has set, and otherwise a state inside the project that needs no account. */
export function pulumiEnvironment(): NodeJS.ProcessEnv {
  const environment = toolEnvironment();
  if (environment.PULUMI_BACKEND_URL !== undefined || environment.PULUMI_ACCESS_TOKEN !== undefined)
    return environment;
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  // A kill while Pulumi writes the attributes of its state file would leave it unreadable; nothing needs them.
  environment.PULUMI_BACKEND_URL = `${pathToFileURL(stateFolder).href}?metadata=skip`;
  if (
    environment.PULUMI_CONFIG_PASSPHRASE === undefined &&
    environment.PULUMI_CONFIG_PASSPHRASE_FILE === undefined
  )
    environment.PULUMI_CONFIG_PASSPHRASE = readPassphrase(join(stateFolder, "passphrase"));
  return environment;
}

/** The environment with the tools that `npm run setup` builds where others are missing. */
export function toolEnvironment(): NodeJS.ProcessEnv {
  const tools = join(process.env.FLOTILLA_HOME ?? join(homedir(), ".cache", "flotilla"), "bin");
  const environment: NodeJS.ProcessEnv = {
    ...process.env,
    PATH: `${process.env.PATH ?? ""}${delimiter}${tools}`,
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
  // Plugins that were built here are found on the PATH; asking for others would only fail where they cannot be had.
  if (hasPlugins(environment)) environment.PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION ??= "true";
  return environment;
}

function hasPlugins({ PATH = "" }: NodeJS.ProcessEnv): boolean {
  return PATH.split(delimiter).some((folder) => existsSync(join(folder, "pulumi-resource-docker")));
}

function readPassphrase(file: string): string {
  if (!existsSync(file)) writeFileSync(file, randomBytes(32).toString("base64url"), { mode: 0o600 });
  chmodSync(file, 0o600);
  return readFileSync(file, "utf8");
}

/** Runs a command in the project's folder, showing what it prints; gives its exit code. */
export function run(command: string, args: string[], environment: NodeJS.ProcessEnv): number {
  try {
    execFileSync(command, args, { cwd: projectFolder, env: environment, stdio: "inherit" });
    return 0;
  } catch (error) {
    const { status, message } = error as { status?: number | null; message: string };
    if (status === undefined || status === null)
      process.stderr.write(`${command} cannot be run: ${message}\n`);
    return status ?? 1;
  }
}
