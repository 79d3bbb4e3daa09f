import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseReference } from "../engine/image-reference";
import { fromJson } from "./json";
import { defineScript, onEngine } from "./process";
import type { Credentials, ImageTask } from "./tasks";
import { type Engine, Failure, longSeconds } from "../engine/client";

export const { provideImage } = defineScript<"image">({
  /** Makes sure that the engine has the image, and prints its id. */
  provideImage: onEngine(async (engine, { task, environment }) => {
    const { reference, pull: source, build: built } = task;
    const { FLOTILLA_CREDENTIALS: credentials } = environment;
    const known = credentials === undefined ? [] : fromJson(credentials);
    if (built !== undefined) {
      if ((await imageId(engine, reference)) === undefined) await build(engine, task, built);
      else await useAgain(engine, reference);
      await removeOldVersions(engine, task);
    } else if (source !== undefined) {
      if (!(await hasDigest(engine, reference, source))) await pull(engine, known, reference, source);
    } else if (!isId(reference) && (await imageId(engine, reference)) === undefined) {
      // The engine may reach a registry that this machine could not ask.
      await pull(engine, known, reference, reference);
    }
    // A pool that has gone back to an earlier build is told that one by name.
    if (built === undefined && reference.startsWith("flotilla/")) await useAgain(engine, reference);
    const id = await imageId(engine, reference);
    if (id === undefined) throw new Failure(`The engine has no image "${reference}".`);
    return id;
  }),
});

async function imageId(engine: Engine, reference: string): Promise<string | undefined> {
  const { code, stdout } = await engine.attempt(["image", "inspect", "--format={{.Id}}", reference]);
  return code === 0 ? stdout.trim() : undefined;
}

async function hasDigest(engine: Engine, reference: string, pull: string): Promise<boolean> {
  const { code, stdout } = await engine.attempt([
    "image",
    "inspect",
    "--format={{json .RepoDigests}}",
    reference,
  ]);
  const digest = pull.slice(pull.indexOf("@") + 1);
  return code === 0 && ((JSON.parse(stdout) ?? []) as string[]).some((known) => known.endsWith(`@${digest}`));
}

async function pull(
  engine: Engine,
  credentials: Credentials[],
  reference: string,
  source: string,
): Promise<void> {
  const { code, stderr } = await withCredentials(engine, credentials, reference, (variables) =>
    engine.attempt(["pull", "--quiet", source], { variables, seconds: longSeconds }),
  );
  if (code !== 0) throw new Failure(`The image "${reference}" cannot be pulled: ${stderr.trim()}`);
  if (source !== reference && !reference.includes("@")) await engine.run(["tag", source, reference]);
}

function isId(reference: string): boolean {
  return /^(?:sha256:)?[0-9a-f]{64}$/.test(reference);
}

/** Docker Hub, as people call it. */
const hub = ["docker.io", "index.docker.io", "registry-1.docker.io"];

/** Runs with a Docker configuration of its own, so that the user's stays as it is. */
async function withCredentials<T>(
  engine: Engine,
  credentials: Credentials[],
  reference: string,
  run: (variables: NodeJS.ProcessEnv) => Promise<T>,
): Promise<T> {
  const registry = registryOf(reference);
  const own = credentials.find(({ address }) => (hub.includes(address) ? hub[0] : address) === registry);
  // The user may have signed in to the other registries.
  if (own === undefined) return run({});
  // The current context is in the configuration that is replaced, so the engine's address must be said.
  const host =
    process.env.DOCKER_HOST ||
    (await engine.run(["context", "inspect", "--format={{.Endpoints.docker.Host}}"]));
  const folder = mkdtempSync(join(tmpdir(), "flotilla-"));
  try {
    const auth = Buffer.from(`${own.username}:${own.password}`).toString("base64");
    const auths = { [registry === hub[0] ? "https://index.docker.io/v1/" : registry]: { auth } };
    writeFileSync(join(folder, "config.json"), JSON.stringify({ auths }), { mode: 0o600 });
    return await run({ DOCKER_HOST: host, DOCKER_CONFIG: folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function registryOf(reference: string): string {
  const registry = parseReference(reference)?.registry ?? "docker.io";
  return hub.includes(registry) ? "docker.io" : registry;
}

async function build(
  engine: Engine,
  { reference, group }: ImageTask,
  { context, dockerfile, target, args, noCache }: NonNullable<ImageTask["build"]>,
): Promise<void> {
  const passed = Object.entries(args).map(([name, value]) => passBuildArg(name, value));
  const command = [
    "build",
    // Docker's old builder keeps the container of a step that fails.
    "--force-rm",
    `--tag=${reference}`,
    `--label=flotilla.image=${group}`,
    `--file=${join(context, dockerfile)}`,
    ...(target === undefined ? [] : [`--target=${target}`]),
    ...(noCache === true ? ["--no-cache"] : []),
    ...passed.map(({ option }) => `--build-arg=${option}`),
    context,
  ];
  const variables = Object.assign({}, ...passed.map((each) => each.variables)) as NodeJS.ProcessEnv;
  const { code, stdout, stderr } = await engine.attempt(command, { variables, seconds: longSeconds });
  if (code === 0) return;
  const lines = `${stdout}\n${stderr}`.trim().split("\n").slice(-25);
  throw new Failure(
    `The image of ${context} cannot be built. Traffic stays where it was.\n${lines.join("\n")}`,
  );
}

/** Variables that the command line of Docker and what it starts read themselves. */
const clientVariables = /^(?:PATH|HOME|TMPDIR|USERPROFILE|(?:DOCKER|BUILDKIT|BUILDX|LD|XDG|SSL|OTEL)_.*)$/i;

/** A build argument by the client's environment: everybody on its machine can read the arguments of programs. */
export function passBuildArg(
  name: string,
  value: string,
  host = process.env.DOCKER_HOST ?? "",
): { option: string; variables: NodeJS.ProcessEnv } {
  // A proxy for the build must not become the client's own way to its engine.
  const isRead = clientVariables.test(name) || (/_proxy$/i.test(name) && /^(?:tcp|https?):/.test(host));
  return isRead
    ? { option: `${name}=${value}`, variables: {} }
    : { option: name, variables: { [name]: value } };
}

/** A version that was built before is one of the last again, and no longer among those that go first. */
async function useAgain(engine: Engine, reference: string): Promise<void> {
  await engine.attempt(["tag", reference, reference]);
}

async function removeOldVersions(engine: Engine, { reference, group, keep }: ImageTask): Promise<void> {
  const listed = await engine.run([
    "image",
    "ls",
    `--filter=label=flotilla.image=${group}`,
    "--format={{.Repository}}:{{.Tag}}",
  ]);
  const names = listed.split("\n").filter((name) => name !== "" && !name.includes("<none>"));
  const others = (await sortByUse(engine, names)).filter((name) => name !== reference);
  const old = others.slice(keep - 1);
  // One that is still in use stays: the engine refuses.
  for (const name of old) await engine.attempt(["image", "rm", name]);
}

/** Versions in the order in which they were named last, by a build or by another use: their content may be much older. */
async function sortByUse(engine: Engine, names: string[]): Promise<string[]> {
  if (names.length === 0) return [];
  const format = "--format={{json .Metadata.LastTagTime}}";
  const times = (await engine.run(["image", "inspect", format, ...names])).split("\n");
  const used = names.map((name, index) => ({
    name,
    at: Date.parse(JSON.parse(times[index] ?? '""') as string),
  }));
  return used.sort((one, other) => (other.at || 0) - (one.at || 0)).map(({ name }) => name);
}
