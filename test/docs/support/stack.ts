import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { asList, asRecord } from "../../../components/arguments/problems";
import { makeTestCertificate } from "../../support/certificates";
import { readYaml } from "../../support/stack-settings";

type Fields = Record<string, unknown>;

/** What a part of a stack's file needs to be a whole one. */
export interface Stack {
  /** Settings by their full names, as Pulumi has them. */
  config: Record<string, string>;
  /** Names of those that are encrypted. */
  secrets: string[];
}

const prefix = "flotilla:";
const anySecret = "https://example.com/0123456789-0123456789-0123456789";
/** Fields that name a secret, besides keys of certificates. */
const secretFields = ["password", "accessKey", "secretKey", "encryptionKey"];
const fileFields = ["envFile", "unavailablePageFile"];

/** The settings of a block that is a stack's file, or a part of one; undefined for anything else. */
export function findSettings(text: string): Fields | undefined {
  const read = asRecord(readYaml(text)) ?? {};
  const config = asRecord(read.config) ?? read;
  return Object.keys(config).some((key) => key.startsWith(prefix)) ? config : undefined;
}

/**
 * Adds to a part of a stack's file what it takes for granted: pools and images, routes, files in the working folder,
 * secrets. What the part itself says stays as it is.
 */
export function completeStack(settings: Fields): Stack {
  const read = (name: string) => asRecord(settings[prefix + name]);
  const pools = completePools(read("pools") ?? {}, asList(settings[`${prefix}routes`]));
  const routes = completeRoutes(pools, settings[`${prefix}routes`]);
  const all: Fields = {
    ...settings,
    [`${prefix}pools`]: pools,
    ...(routes === undefined ? {} : { [`${prefix}routes`]: routes }),
  };
  const secrets = new Map<string, string>();
  provide(all, secrets);
  const entries = Object.entries(all).map(([key, value]): [string, string] => [
    key,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return {
    config: Object.fromEntries([
      ...entries,
      ...[...secrets].map(([name, value]) => [prefix + name, value]),
    ]) as Record<string, string>,
    secrets: [...secrets.keys()].map((name) => prefix + name),
  };
}

function completePools(given: Fields, routes: unknown[]): Fields {
  const named = [
    ...routes.flatMap((route) => asRecord(route)?.pool ?? []),
    ...Object.values(given).flatMap((pool) => [
      ...asList(asRecord(pool)?.reachableFrom),
      ...asList(asRecord(pool)?.startAfter),
    ]),
  ].filter((name) => typeof name === "string");
  const names = new Set([...Object.keys(given), ...named]);
  if (names.size === 0) names.add("api");
  return Object.fromEntries(
    [...names].map((name) => {
      const pool = asRecord(given[name]) ?? {};
      const image = pool.build === undefined ? { image: "example/app:1" } : {};
      return [name, { ...image, port: 3000, ...pool }];
    }),
  );
}

/** A route for each public pool that none leads to, where several are public. */
function completeRoutes(pools: Fields, given: unknown): unknown {
  const routes = asList(given);
  const open = Object.keys(pools).filter((name) => asRecord(pools[name])?.reachableFrom === undefined);
  const missing = open.filter((name) => !routes.some((route) => asRecord(route)?.pool === name));
  if (given === undefined ? open.length < 2 : missing.length === 0) return given;
  return [...routes, ...missing.map((name) => ({ path: `/completed/${name}/`, pool: name }))];
}

/** Makes the files and secrets that a value names, wherever in it they stand. */
function provide(value: unknown, secrets: Map<string, string>): void {
  for (const item of asList(value)) provide(item, secrets);
  for (const [key, item] of Object.entries(asRecord(value) ?? {})) {
    if (key === "certificates")
      for (const certificate of asList(item)) provideCertificate(asRecord(certificate), secrets);
    else if (key === "static") provideFolder(asRecord(item));
    else if (key === "build") provideContext(asRecord(item));
    else if (key === "files") for (const file of Object.values(asRecord(item) ?? {})) write(file, "text\n");
    else if (key === "seeds") for (const file of asList(item)) write(file, "db.a.insertOne({});\n");
    else if (key === "authorityFile") write(item, makeTestCertificate().certificate);
    else if (fileFields.includes(key)) write(item, "A=1\n");
    else if (key === "secretFiles")
      for (const name of Object.values(asRecord(item) ?? {})) add(secrets, name);
    else if (key === "webhooks") for (const name of asList(item)) add(secrets, name);
    else if (key === "slack") add(secrets, asRecord(item)?.address);
    else if (secretFields.includes(key)) add(secrets, item);
    else provide(item, secrets);
    if (key === "email") provide(item, secrets);
  }
}

function provideCertificate(fields: Fields | undefined, secrets: Map<string, string>): void {
  const hosts = asList(fields?.hosts).filter((host) => typeof host === "string");
  const { certificate, key } = makeTestCertificate(hosts.length === 0 ? {} : { hosts });
  write(fields?.certificateFile, certificate);
  write(fields?.keyFile, key);
  add(secrets, fields?.key, key);
}

function provideFolder(fields: Fields | undefined): void {
  if (typeof fields?.folder !== "string") return;
  write(`${fields.folder}/${typeof fields.fallback === "string" ? fields.fallback : "index.html"}`, "text\n");
}

function provideContext(fields: Fields | undefined): void {
  if (typeof fields?.context !== "string") return;
  const dockerfile = typeof fields.dockerfile === "string" ? fields.dockerfile : "Dockerfile";
  write(`${fields.context}/${dockerfile}`, "FROM scratch\n");
}

function write(file: unknown, text: string): void {
  if (typeof file !== "string") return;
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function add(secrets: Map<string, string>, name: unknown, value = anySecret): void {
  if (typeof name === "string") secrets.set(name, value);
}
