import { copyFileSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { start } from "../support/processes";
import type { Workspace } from "../support/workspace";

/** Sets an encrypted value of a stack, as a user does. */
export async function setSecret(workspace: Workspace, name: string, value: string): Promise<void> {
  const { folder, stack } = workspace;
  const env = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${stateOf(workspace)}`,
    PULUMI_CONFIG_PASSPHRASE: "proof",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  // Pulumi writes the file in a form of its own, so it gets a copy.
  const copy = join(dirname(folder), "secret.yaml");
  copyFileSync(join(folder, `Pulumi.${stack}.yaml`), copy);
  const options = ["--secret", `--stack=${stack}`, `--config-file=${copy}`, "--non-interactive"];
  // A key starts with a dash.
  const args = ["config", "set", ...options, "--", name, value];
  const { code, text } = await start("pulumi", args, folder, env).ended;
  if (code !== 0) throw new Error(`pulumi config set failed:\n${text}`);
  const secure = new RegExp(`:${name}["']?:\\s*\\{?\\s*"?secure"?: *["']?([^"'\\s}]+)`);
  const encrypted = secure.exec(readFileSync(copy, "utf8"))?.[1];
  if (encrypted === undefined) throw new Error(`pulumi config set did not write ${name}.`);
  workspace.configure((settings) => {
    settings[name] = { secure: encrypted };
  });
}

/** All that the state's files say, histories and backups as well. */
export function readState(workspace: Workspace): string {
  const state = stateOf(workspace);
  return readdirSync(state, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), "utf8"))
    .join("\n");
}

/** The checkouts of a workspace lie beside its state. */
function stateOf({ folder }: Workspace): string {
  return join(dirname(folder), "state");
}
