import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { cleanVariable } from "../stack/variables";
import { stackFolder } from "./bare/machine.cjs";

/** Where Pulumi keeps the state, and what encrypts the secrets in it. */
export type StateVariables = Partial<
  Record<"PULUMI_BACKEND_URL" | "PULUMI_CONFIG_PASSPHRASE_FILE" | typeof cleanVariable, string>
>;

/** Whether the user keeps the state elsewhere: by a variable, the project's file, or a `pulumi login`. */
export function hasOwnBackend(environment: NodeJS.ProcessEnv, folder = stackFolder): boolean {
  if (environment.PULUMI_BACKEND_URL || environment.PULUMI_ACCESS_TOKEN) return true;
  const project = join(folder, "Pulumi.yaml");
  if (existsSync(project) && /^backend:/m.test(readFileSync(project, "utf8"))) return true;
  const home = environment.PULUMI_CREDENTIALS_PATH ?? environment.PULUMI_HOME ?? join(homedir(), ".pulumi");
  try {
    const { current } = JSON.parse(readFileSync(join(home, "credentials.json"), "utf8")) as {
      current?: string;
    };
    return current !== undefined && current !== "";
  } catch {
    return false;
  }
}

/** The variables that give Pulumi a state inside the project, which needs no account; none where the user has another. */
export function stateVariables(environment: NodeJS.ProcessEnv, folder = stackFolder): StateVariables {
  if (hasOwnBackend(environment, folder)) return {};
  const stateFolder = join(folder, ".pulumi-state");
  mkdirSync(stateFolder, { recursive: true, mode: 0o700 });
  chmodSync(stateFolder, 0o700);
  return {
    // A kill while Pulumi writes the attributes of its state file would leave it unreadable; nothing needs them.
    PULUMI_BACKEND_URL: `${pathToFileURL(stateFolder).href}?metadata=skip`,
    ...(hasOwnPassphrase(environment)
      ? {}
      : { PULUMI_CONFIG_PASSPHRASE_FILE: keepPassphrase(join(stateFolder, "passphrase")) }),
    [cleanVariable]: "true",
  };
}

function hasOwnPassphrase(environment: NodeJS.ProcessEnv): boolean {
  return (
    environment.PULUMI_CONFIG_PASSPHRASE !== undefined ||
    environment.PULUMI_CONFIG_PASSPHRASE_FILE !== undefined
  );
}

function keepPassphrase(file: string): string {
  if (!existsSync(file) || readFileSync(file, "utf8") === "") {
    // Renamed into place: a kill must not leave half a passphrase.
    const temporary = `${file}.${process.pid}`;
    writeFileSync(temporary, randomBytes(32).toString("base64url"), { mode: 0o600 });
    renameSync(temporary, file);
  }
  chmodSync(file, 0o600);
  return file;
}
