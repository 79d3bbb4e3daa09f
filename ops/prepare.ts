import { spawnSync } from "node:child_process";
import { run } from "./environment";

/**
 * Sees to it that there are an engine and Pulumi: what is there is used as it is. Returns what the user has to do where
 * nothing may be installed.
 */
export function prepare(environment: NodeJS.ProcessEnv): string | undefined {
  if (mayInstall(environment))
    return run("sh", ["sealed/setup"], environment) === 0 ? undefined : "The set-up did not end well.";
  if (!works("docker", ["info"], environment))
    return "Docker cannot be reached: install Docker Desktop or Docker Engine 20.10 or newer, and start it.";
  if (!works("pulumi", ["version"], environment))
    return "Pulumi is missing: install it from pulumi.com/docs/install.";
  return undefined;
}

/** Only a Debian machine's administrator may: packages are installed there. */
function mayInstall(environment: NodeJS.ProcessEnv): boolean {
  return (
    process.platform === "linux" && process.getuid?.() === 0 && works("apt-get", ["--version"], environment)
  );
}

function works(command: string, args: string[], environment: NodeJS.ProcessEnv): boolean {
  return spawnSync(command, args, { env: environment, stdio: "ignore" }).status === 0;
}
