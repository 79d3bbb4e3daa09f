import { existsSync } from "node:fs";
import { basename, isAbsolute, join } from "node:path";
import { type BuildArgs, Strategy } from "../../components/types";
import { mostReplicas } from "../../components/service/pool/replicas";
import { pathFrom } from "../place";
import type { PoolSettings } from "../settings";
import { type Context, placeIn, type Unit } from "./context";
import { readEnvironment } from "./environment";
import { readHealth } from "./health";
import { readDockerfile } from "../dockerfile";
import { readMounts } from "./mounts";
import { isSecret, tellsSecret } from "./secrecy";
import { readAmounts } from "./resources";
import { remedyForLogs, tellUnused } from "./unused";

/** A pool in the place of a service. */
export function makePool(unit: Unit, context: Context): void {
  const { report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const to = `pools.${unit.name}`;
  const pool: PoolSettings = {};
  context.settings.pools[unit.name] = pool;
  for (const service of unit.services) report.take(service.placeOf(), service.name, to);
  if (fields.build !== undefined) pool.build = readBuild(unit, context);
  else if (fields.image !== undefined) pool.image = fields.image;
  else report.leave(placeOf(), name, "has neither an image nor a build. Set pools' image.");
  if (unit.port !== undefined) pool.port = unit.port;
  const count =
    unit.services.length > 1 ? unit.services.length : (fields.deploy?.replicas ?? fields.scale ?? 1);
  const replicas = Math.min(mostReplicas, Math.max(1, count));
  if (replicas !== 1) {
    pool.replicas = replicas;
    report.take(placeOf(), `${name}.replicas`, `${to}.replicas`);
  }
  if (count !== replicas)
    report.change(
      placeOf("deploy", "replicas"),
      `${name}.deploy.replicas`,
      `is ${replicas}: a pool has 1 to ${mostReplicas} replicas.`,
    );
  if (fields.deploy?.mode === "global")
    report.change(
      placeOf("deploy", "mode"),
      `${name}.deploy.mode`,
      "there is one engine: the number of replicas is replicas.",
    );
  Object.assign(pool, filled(readEnvironment(unit, context)));
  readCommand(unit, pool, context);
  if (fields.user !== undefined) pool.user = fields.user;
  Object.assign(pool, readMounts(unit, context));
  Object.assign(pool, readAmounts(unit, report, to));
  const balancing = unit.port === undefined ? undefined : context.balancing.get(unit.name);
  if (balancing !== undefined) pool.balancing = balancing;
  readUpdates(unit, pool);
  readLogs(unit, pool, context);
  tellUnused(unit, context);
}

/** How a pool is asked, once it is settled whether it has a port. */
export function addHealth(unit: Unit, context: Context): void {
  const health = readHealth(unit, context);
  const pool = context.settings.pools[unit.name];
  if (health !== undefined && pool !== undefined) pool.healthCheck = health;
}

/** Those of some objects and lists that hold something. */
function filled(parts: Record<string, object>): Record<string, object> {
  return Object.fromEntries(Object.entries(parts).filter(([, part]) => Object.keys(part).length > 0));
}

function readBuild(unit: Unit, context: Context): BuildArgs {
  const { report, project, output } = context;
  const [{ name, fields, placeOf, unsetIn }] = unit.services;
  const { context: folder = "", dockerfile, target, args = {}, ...others } = fields.build ?? {};
  const isRemote = /^(?:[a-z+]+:\/\/|git@|github\.com)/.test(folder);
  if (isRemote)
    report.leave(
      placeOf("build"),
      `${name}.build`,
      "an image is built from a folder. Check the repository out beside the stack's file.",
    );
  const written = pathFrom(output, folder);
  const inside =
    dockerfile === undefined ? undefined : isAbsolute(dockerfile) ? pathFrom(folder, dockerfile) : dockerfile;
  if (inside?.startsWith("../") === true)
    report.leave(
      placeOf("build", "dockerfile"),
      `${name}.build.dockerfile`,
      "the Dockerfile is in the context. Move it there, or make the context a folder that holds both.",
    );
  if (!isRemote && !existsSync(join(folder, inside ?? "Dockerfile")))
    report.leave(
      placeOf("build"),
      `${name}.build`,
      `there is no ${basename(inside ?? "Dockerfile")} in ${written === "" ? "." : written}. Create it before \`up\`.`,
    );
  const known: Record<string, string> = {};
  for (const [arg, value] of Object.entries(args)) {
    const found = value ?? project.lookup(arg);
    const at = placeOf("build", "args", arg);
    if (found === undefined || unsetIn("build", "args", arg).length > 0)
      report.leave(
        at,
        `${name}.build.args.${arg}`,
        "its value comes from an environment that does not have it here. Set it in build.args.",
      );
    else if (isSecret(arg, found))
      report.leave(
        at,
        `${name}.build.args.${arg}`,
        "an argument of a build stays readable in the image. Give it to the running container, in secrets.",
      );
    else known[arg] = found;
  }
  for (const key of Object.keys(others))
    report.leave(
      placeOf("build", key),
      `${name}.build.${key}`,
      buildRemedies[key] ??
        "there is no setting for it. Build the image with it elsewhere, and name it in image.",
    );
  report.take(placeOf("build"), `${name}.build`, `pools.${unit.name}.build`);
  return {
    context: written === "" ? "." : written.startsWith(".") ? written : `./${written}`,
    ...(inside === undefined || inside === "Dockerfile" ? {} : { dockerfile: inside }),
    ...(target === undefined ? {} : { target }),
    ...(Object.keys(known).length === 0 ? {} : { args: known }),
  };
}

const buildRemedies: Record<string, string> = {
  dockerfile_inline: "write it into a Dockerfile in the context.",
  cache_from: "the builder's own cache is used. Nothing to do.",
  cache_to: "the builder's own cache is used. Nothing to do.",
  tags: "images are named by Flotilla, by their content. Nothing to do.",
  platforms: "it is built for the engine that runs it. Nothing to do.",
  labels: "write them into the Dockerfile, as LABEL.",
  no_cache: "a new text in build.noCache, like the date, has it built anew.",
  pull: "a new text in build.noCache, like the date, has it built anew.",
};

function readCommand(unit: Unit, pool: PoolSettings, { report }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const { command, entrypoint } = fields;
  if (tellsSecret([...(entrypoint ?? []), ...(command ?? [])])) {
    const why =
      "tells a secret, which would stand in the stack's file. Let the application read it from a variable of secrets, and set command without it.";
    report.leave(placeOf("command"), `${name}.command`, why);
    return;
  }
  if (entrypoint !== undefined && entrypoint.length > 0) {
    pool.command = [...entrypoint, ...(command ?? [])];
    const isKnown = fields.build !== undefined && readDockerfile(fields)?.hasEntrypoint === false;
    report.change(
      placeOf("entrypoint"),
      `${name}.entrypoint`,
      isKnown
        ? "is the start of command, as the image has no entrypoint of its own."
        : "is the start of command. Where the image's own entrypoint does not run what it is given, take that out of the image.",
    );
  } else if (command !== undefined && command.length > 0) {
    pool.command = command;
    report.take(placeOf("command"), `${name}.command`, `pools.${unit.name}.command`);
  }
}

function readUpdates(unit: Unit, pool: PoolSettings): void {
  const [{ fields }] = unit.services;
  const { order, parallelism } = fields.deploy?.update_config ?? {};
  if (order === "stop-first" || (order === undefined && parallelism === 1)) pool.strategy = Strategy.Rolling;
  if (order === "start-first") pool.strategy = Strategy.BlueGreen;
  if (fields.stop_grace_period !== undefined)
    pool.stopSeconds = Math.min(600, Math.max(0, Math.round(fields.stop_grace_period)));
}

function readLogs(unit: Unit, pool: PoolSettings, { report }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const { driver, options = {} } = fields.logging ?? {};
  if (driver !== undefined && !["json-file", "local"].includes(driver)) {
    report.leave(placeOf("logging"), `${name}.logging.driver`, remedyForLogs);
    return;
  }
  const [, size, unitOf = ""] = /^(\d+)([kmg]?)/i.exec(options["max-size"] ?? "") ?? [];
  const files = Number(options["max-file"] ?? Number.NaN);
  const factor = { k: 1 / 1024, m: 1, g: 1024 }[unitOf.toLowerCase()] ?? 1 / 1024 ** 2;
  const logs = {
    ...(size === undefined ? {} : { maxSizeMiB: Math.max(1, Math.round(Number(size) * factor)) }),
    ...(Number.isInteger(files) && files > 0 ? { maxFiles: files } : {}),
  };
  if (Object.keys(logs).length === 0) return;
  pool.logs = logs;
  report.take(placeIn(unit, "logging"), `${name}.logging`, `pools.${unit.name}.logs`);
}
