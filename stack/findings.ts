import * as pulumi from "@pulumi/pulumi";
import { findNearest, type Problem } from "../components/arguments/problems";

/** A secret that the configuration does not set, so that it is generated once. */
export interface GeneratedSecret {
  /** Name of the environment variable. */
  name: string;
  /** The pools that get the one value. */
  pools: string[];
}

/** Everything that turns up while a stack's configuration is read. */
export interface Findings {
  /** The problems so far. */
  problems: Problem[];
  /** Keys of the configuration that are read. */
  keys: Set<string>;
  /** Secrets to generate, by name. */
  generatedSecrets: Map<string, GeneratedSecret>;
  /** Settings that name a file where the service takes its text, by the JSON of the text's path. */
  written: Map<string, { setting: string; value: unknown }>;
}

/** Names a problem by what the user wrote, and not by what was read from there. */
export function asWritten(problem: Problem, { written }: Findings): Problem {
  const found = written.get(JSON.stringify(problem.path));
  if (found === undefined) return problem;
  return { ...problem, path: [...problem.path.slice(0, -1), found.setting], value: found.value };
}

/** Keys of the configuration that are no secrets. */
export const settingKeys = ["pools", "routes", "balancer", "registry", "engine", "datastores", "monitoring"];

/** Whose the settings are in a stack's file, whatever the project is called. */
export const settingsName = "flotilla";

/** The configuration that has a secret: Flotilla's, or the project's own, where `pulumi config set --secret NAME` puts it. */
export function configOf(name: string, config: pulumi.Config): pulumi.Config {
  const ofProject = new pulumi.Config();
  const has = (each: pulumi.Config) => pulumi.runtime.getConfig(`${each.name}:${name}`) !== undefined;
  return !has(config) && has(ofProject) ? ofProject : config;
}

/** Tells whether a key's value, or a part of it, is encrypted in the stack's file; undefined when Pulumi does not say. */
export function isEncrypted(config: pulumi.Config, key: string): boolean | undefined {
  // The function is exported but left out of Pulumi's type declarations.
  const runtime = pulumi.runtime as { isConfigSecret?: (key: string) => boolean };
  return runtime.isConfigSecret?.(`${config.name}:${key}`);
}

/** Reads an encrypted value; undefined when it is not set. */
export function readSecret(
  config: pulumi.Config,
  name: string,
  path: (string | number)[],
  findings: Findings,
): pulumi.Output<string> | undefined {
  if (settingKeys.includes(name)) {
    findings.problems.push({ path, value: name, rule: `have a name other than ${settingKeys.join(", ")}` });
    return undefined;
  }
  findings.keys.add(name);
  const from = configOf(name, config);
  const value = from.getSecret(name);
  if (value !== undefined && isEncrypted(from, name) === false) {
    findings.problems.push({
      path,
      value,
      rule: "be encrypted in the configuration",
      remedy: `Run \`pulumi config set --secret ${name}\`.`,
    });
  }
  return value;
}

/** The names that a configuration sets. */
export function listKeys(config: pulumi.Config): string[] {
  const start = `${config.name}:`;
  return Object.keys(pulumi.runtime.allConfig())
    .filter((key) => key.startsWith(start))
    .map((key) => key.slice(start.length));
}

/** The name that may have been meant: the given one is not shown, because it may be the secret in the place of its name. */
function guessName(config: pulumi.Config, name: unknown): string {
  const names = [config, new pulumi.Config()].flatMap((each) =>
    listKeys(each).filter((key) => isEncrypted(each, key) === true),
  );
  const nearest = typeof name === "string" ? findNearest(name, names) : undefined;
  return nearest === undefined ? "" : `Did you mean ${nearest}? `;
}

/** Reads an encrypted value that nothing can stand in for; `name` may be anything the user wrote. */
export function readNamedSecret(
  config: pulumi.Config,
  name: unknown,
  path: (string | number)[],
  findings: Findings,
): unknown {
  const value =
    typeof name === "string" && name !== "" ? readSecret(config, name, path, findings) : undefined;
  if (value !== undefined || (typeof name === "string" && settingKeys.includes(name))) return value;
  findings.problems.push({
    path,
    value: name,
    rule: "name a secret of the configuration",
    remedy: `${guessName(config, name)}Run \`pulumi config set --secret <name>\` with the name given here.`,
  });
  return undefined;
}

/** The problem of a registry that is said of one part of a stack, where its passwords would be readable. */
export function makeRegistryProblem(part: string[], value: unknown): Problem {
  const remedy = "Set registry beside pools: it is for all images of the stack.";
  return { path: [...part, "registry"], value, rule: "be left out", remedy };
}
