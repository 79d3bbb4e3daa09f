import { resolve } from "node:path";
import type * as pulumi from "@pulumi/pulumi";
import { asRecord } from "../components/arguments/problems";
import { parseEnvFile } from "./env-file";
import { readNamedSecret, readSecret, type Findings } from "./findings";
import { readProjectFile } from "./project-file";

/** Where the parts of a pool that are not in its own text come from. */
export interface PoolSources {
  /** The stack's configuration. */
  config: pulumi.Config;
  /** The project's folder. */
  folder: string;
  /** Takes what turns up. */
  findings: Findings;
}

type Fields = Record<string, unknown>;

/** Turns a pool as the stack's file has it into a pool as `LoadBalancedService` takes it, without checking its shape. */
export function readPool(name: string, fields: Fields, sources: PoolSources): Fields {
  const path = ["pools", name];
  const { envFile, replicas, ...rest } = fields;
  const build = asRecord(rest.build);
  return {
    ...rest,
    user: toText(rest.user),
    command: Array.isArray(rest.command) ? rest.command.map(toText) : rest.command,
    build: build === undefined ? rest.build : { ...build, args: toTexts(build.args) },
    replicas: asRecord(replicas) === undefined ? replicas : undefined,
    env: readEnv(path, rest.env, envFile, sources),
    secrets: readSecrets(name, rest.secrets, sources),
    files: readFiles(path, rest.files, sources),
    mounts: readMounts(rest.mounts, sources),
    secretFiles: readSecretFiles(path, rest.secretFiles, sources),
  };
}

/** Turns the registry as the stack's file has it, with passwords by name, into what `LoadBalancedService` takes. */
export function readRegistry(registry: unknown, { config, findings }: PoolSources): unknown {
  const fields = asRecord(registry);
  if (!Array.isArray(fields?.credentials)) return registry;
  const credentials = fields.credentials.map((value: unknown, index) => {
    const entry = asRecord(value);
    if (entry?.password === undefined) return value;
    const path = ["registry", "credentials", index, "password"];
    const password = readNamedSecret(config, entry.password, path, findings);
    // What is missing is reported already, so the check of the shape gets a stand-in.
    return { ...entry, password: password ?? "missing" };
  });
  return { ...fields, credentials };
}

// YAML reads an unquoted 8080 or true as a number or boolean, where Docker wants text.
function toText(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function toTexts(value: unknown): unknown {
  const fields = asRecord(value);
  return fields === undefined ? value : mapFields(fields, toText);
}

function mapFields(fields: Fields, change: (value: unknown, key: string) => unknown): Fields {
  return Object.fromEntries(Object.entries(fields).map(([key, value]) => [key, change(value, key)]));
}

function readEnv(pool: string[], env: unknown, envFile: unknown, { folder, findings }: PoolSources): unknown {
  if (envFile === undefined) return toTexts(env);
  const path = [...pool, "envFile"];
  const file = readProjectFile(folder, envFile);
  if (!("text" in file)) {
    findings.problems.push({ path, value: envFile, ...file });
    return toTexts(env);
  }
  const { values, unreadableLines } = parseEnvFile(file.text);
  if (unreadableLines.length > 0) {
    const remedy = `Look at line ${unreadableLines.join(", ")}; quotes end on the line they start on.`;
    findings.problems.push({ path, value: envFile, rule: "name a file of KEY=VALUE lines", remedy });
  }
  const texts = env === undefined ? {} : asRecord(toTexts(env));
  return texts === undefined ? env : { ...values, ...texts };
}

function readSecrets(pool: string, secrets: unknown, { config, findings }: PoolSources): unknown {
  if (secrets === undefined) return undefined;
  const path = ["pools", pool, "secrets"];
  const rule = "be a list of names, and no values";
  const remedy = "Run `pulumi config set --secret <name>` for each value, and list the names here.";
  if (!Array.isArray(secrets)) {
    findings.problems.push({ path, value: secrets, rule, remedy });
    return undefined;
  }
  const values = new Map<string, unknown>();
  for (const [index, name] of secrets.entries()) {
    if (typeof name !== "string" || !/^\w+$/.test(name)) {
      findings.problems.push({
        path: [...path, index],
        value: name,
        rule: "be the name of a variable",
        remedy,
      });
      continue;
    }
    const value = readSecret(config, name, [...path, name], findings);
    if (value === undefined) addGeneratedSecret(findings, name, pool);
    // The check of the shape needs the name even where the value is still to be generated.
    values.set(name, value ?? "");
  }
  return Object.fromEntries(values);
}

function addGeneratedSecret({ generatedSecrets }: Findings, name: string, pool: string): void {
  const secret = generatedSecrets.get(name) ?? { name, pools: [] };
  if (!secret.pools.includes(pool)) secret.pools.push(pool);
  generatedSecrets.set(name, secret);
}

function readFiles(pool: string[], files: unknown, { folder, findings }: PoolSources): unknown {
  const fields = asRecord(files);
  if (fields === undefined) return files;
  return mapFields(fields, (value, containerPath) => {
    const file = readProjectFile(folder, value);
    if ("text" in file) return file.text;
    findings.problems.push({ path: [...pool, "files", containerPath], value, ...file });
    return "";
  });
}

/** A folder of the host may be one of the project, which lies somewhere else for everybody. */
function readMounts(mounts: unknown, { folder }: PoolSources): unknown {
  if (!Array.isArray(mounts)) return mounts;
  return mounts.map((mount: unknown) => {
    const hostPath = asRecord(mount)?.hostPath;
    const isOfProject = typeof hostPath === "string" && /^\.{1,2}(?:\/|$)/.test(hostPath);
    return isOfProject ? { ...asRecord(mount), hostPath: resolve(folder, hostPath) } : mount;
  });
}

function readSecretFiles(pool: string[], files: unknown, { config, findings }: PoolSources): unknown {
  const fields = asRecord(files);
  if (fields === undefined) return files;
  return mapFields(fields, (name, containerPath) => {
    const path = [...pool, "secretFiles", containerPath];
    return readNamedSecret(config, name, path, findings) ?? "";
  });
}
