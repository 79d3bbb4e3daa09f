import { stackFolder } from "../bare/machine.cjs";
import { adaptCall } from "../call";
import { findYamlFault } from "../project-yaml";

/** Says why Pulumi did not even begin, from what it wrote on standard error. */
export function describeRefusal(text: string, stack: string, folder = stackFolder): string {
  const said = text
    .split("\n")
    .filter((line) => !/^warning: /.test(line))
    .join("\n")
    .replaceAll(/^error: /gm, "")
    .trim();
  return (
    describeYaml(said, stack, folder) ??
    describeLock(said, stack) ??
    describePassphrase(said, stack) ??
    (said === "" ? "Pulumi has ended without saying why." : said)
  );
}

/** Pulumi names the line, but not the file of a stack. */
function describeYaml(said: string, stack: string, folder: string): string | undefined {
  return /invalid YAML|yaml: /i.test(said) ? findYamlFault(folder, stack) : undefined;
}

function describeLock(said: string, stack: string): string | undefined {
  if (!/currently locked by/.test(said)) return undefined;
  const [, owner = "somebody", pid = "", since = ""] =
    /created by (\S+) \(pid (\d+)\) at (\S+)/.exec(said) ?? [];
  const process = pid === "" ? "" : ` (process ${pid}, since ${since})`;
  return `The stack ${stack} is locked: ${owner}${process} is at work on it. Wait for the end. When nobody is at it any more:\n  eval "$(${adaptCall("npm run -s env")})"\n  pulumi cancel --stack ${stack}`;
}

function describePassphrase(said: string, stack: string): string | undefined {
  const variables = "PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE";
  if (/incorrect passphrase/.test(said))
    return `The passphrase is not the one with which the secrets of the stack ${stack} were encrypted. Set ${variables} to that one.`;
  if (/passphrase must be set/.test(said))
    return `The passphrase of the stack ${stack} must be set, got nothing. Set ${variables}, or add --verbose at a terminal, and Pulumi asks for it.`;
  return undefined;
}
