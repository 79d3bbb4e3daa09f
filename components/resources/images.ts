import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "../types";
import { type Build, hashBuildContext } from "./build-context";
import { createCommand, toLaterJson } from "./commands";
import type { Context } from "./context";
import type { OpenOutput } from "./outputs";
import { applyMirror, isPinned, parseReference, withDigest } from "../../engine/image-reference";
import { ownName } from "./own-names";
import { watchForGone } from "./presence";
import type { Credentials } from "../../deploy/tasks";
import { type Engine } from "../../engine/client";
import type { Labels } from "../../engine/labels";

/** An image on the engine. */
export interface Image {
  /** Its name, as configured; of a built one, with its version. */
  reference: string;
  /** Id of its content: it changes exactly when the content does. A preview knows it when the engine has the image. */
  id: pulumi.Output<string>;
  /** Its name with its digest, by which any engine gets it of a registry; undefined where none has it. */
  pinned: pulumi.Output<string | undefined>;
  /** The command that provides it. */
  command: local.Command;
}

/** Versions of a built image that stay on the engine, so that going back needs no build: five releases, and as many that failed. */
const keptVersions = 10;

/** Provides the image that a reference stands for now; `users` are the labels of the containers that are made of it. */
export function provideImage(
  context: Context,
  name: string,
  reference: string,
  registry: RegistryArgs | undefined,
  followTags: boolean,
  users: Labels[],
): Image {
  const credentials = registry?.credentials ?? [];
  // What is found out with the credentials is no secret.
  const source = pulumi.unsecret(
    pulumi
      .all([context.engine, pulumi.output(credentials)])
      .apply(([engine, known]) =>
        findSource(
          { engine, options: { parent: context.parent }, followTags, credentials: known },
          reference,
          registry?.mirror,
        ),
      ),
  );
  const command = createCommand(context, name, {
    script: "image",
    create: "provideImage",
    task: {
      reference: source.reference,
      pull: source.apply(({ reference: found, digest }) =>
        digest === undefined ? undefined : withDigest(found, digest),
      ),
      group: "",
      keep: keptVersions,
    },
    environment:
      credentials.length === 0
        ? {}
        : { FLOTILLA_CREDENTIALS: pulumi.secret(toLaterJson<Credentials[]>(credentials)) },
    triggers: [
      source.reference,
      source.apply(({ digest, id }) => digest ?? id ?? ""),
      watchForGone(context.presence, users),
    ],
  });
  const id = source.apply((found) => (found.id === undefined ? command.stdout : pulumi.output(found.id)));
  const pinned = source.apply(({ reference: found, digest }) =>
    digest === undefined ? undefined : withDigest(found, digest),
  );
  return { reference, id, pinned, command };
}

/** Builds the image of a folder; what its files, Dockerfile and arguments say is its version. */
export function buildImage(context: Context, name: string, build: Build, users: Labels[]): Image {
  const { context: folder, dockerfile, target, args, noCache } = build;
  const options = { dockerfile, args, ...(target === undefined ? {} : { target }) };
  const group = groupBuilds(name);
  const reference = nameBuild(name, build);
  const command = createCommand(context, name, {
    script: "image",
    create: "provideImage",
    task: {
      reference,
      build: { context: folder, ...options, ...(noCache === "" ? {} : { noCache: true }) },
      group,
      keep: keptVersions,
    },
    environment: {},
    triggers: [reference, watchForGone(context.presence, users)],
  });
  const built = context.engine.apply((engine) => inspectLocal(engine, reference));
  return {
    reference,
    id: built.apply((local) => (local === undefined ? command.stdout : pulumi.output(local.id))),
    pinned: pulumi.output(undefined),
    command,
  };
}

/** Name of the resource that provides the image of a pool. */
export function nameImage(service: string, pool: string): string {
  return `${service}-${pool}-image`;
}

/** The repository of all versions that are built under a resource's name. */
export function nameBuilds(name: string): string {
  return `flotilla/${groupBuilds(name)}`;
}

/** The reference of the version that is built now. */
export function nameBuild(name: string, { context, ...options }: Build): string {
  return `${nameBuilds(name)}:${hashBuildContext(context, options)}`;
}

function groupBuilds(name: string): string {
  return ownName(name).toLowerCase();
}

/** The image that a reference stands for: one that only the engine has, or one of a registry. */
interface Source {
  /** The reference, as the mirror has it. */
  reference: string;
  /** Its id, when the engine has it. */
  id?: string;
  /** Its digest, when a registry has it. */
  digest?: string;
}

/** Whether the engine has an image, or a registry that can be asked does. */
export async function isObtainable(
  engine: Engine,
  reference: string,
  registry: RegistryArgs | undefined,
  options: pulumi.InvokeOptions,
): Promise<boolean> {
  const known = pulumi.output(registry?.credentials ?? []) as OpenOutput<Credentials[]>;
  const lookUp = { engine, options, followTags: false, credentials: await known.promise() };
  const { id, digest } = await findSource(lookUp, reference, registry?.mirror);
  return id !== undefined || digest !== undefined;
}

/** How a reference is looked up. */
interface LookUp {
  engine: Engine;
  /** How a registry is asked. */
  options: pulumi.InvokeOptions;
  followTags: boolean;
  credentials: Credentials[];
}

async function findSource(lookUp: LookUp, configured: string, mirror: string | undefined): Promise<Source> {
  const mirrored = applyMirror(configured, mirror);
  if (mirrored !== configured && !isPinned(configured)) {
    const local = await inspectLocal(lookUp.engine, configured);
    // No mirror has what was built or imported here.
    if (local?.digests.length === 0) return { reference: configured, id: local.id };
  }
  return { reference: mirrored, ...(await identify(lookUp, mirrored)) };
}

async function identify(lookUp: LookUp, reference: string): Promise<Omit<Source, "reference">> {
  if (isPinned(reference)) {
    const digest = /@(sha256:.*)$/.exec(reference)?.[1];
    if (digest === undefined) return { id: reference };
    return withId(digest, await inspectLocal(lookUp.engine, reference));
  }
  const local = await inspectLocal(lookUp.engine, reference);
  // Built or imported here, so no registry knows of it.
  if (local !== undefined && local.digests.length === 0) return { id: local.id };
  const [known] = local?.digests ?? [];
  if (known !== undefined && !lookUp.followTags) return withId(known, local);
  const digest = (await askRegistry(lookUp, reference, known !== undefined)) ?? known;
  return digest === undefined ? {} : withId(digest, local);
}

function withId(digest: string, local: LocalImage | undefined): Omit<Source, "reference"> {
  return local?.digests.includes(digest) === true ? { digest, id: local.id } : { digest };
}

/** An image on the engine. */
interface LocalImage {
  id: string;
  /** Digests that the registry of the reference gave it. */
  digests: string[];
}

/** The image that the engine has for a reference. */
async function inspectLocal(engine: Engine, reference: string): Promise<LocalImage | undefined> {
  const format = "--format={{.Id}} {{json .RepoDigests}}";
  const { code, stdout } = await engine.attempt(["image", "inspect", format, reference]);
  if (code !== 0) return undefined;
  const [id = "", text = "[]"] = stdout.trim().split(" ");
  const names = (JSON.parse(text) ?? []) as string[];
  // A repository of another name may be somebody else's, also where the engine's image was once pushed to it.
  const own = names.filter((name) => isSameRepository(name, reference));
  return { id, digests: own.map((name) => name.slice(name.indexOf("@") + 1)) };
}

function isSameRepository(left: string, right: string): boolean {
  const [a, b] = [parseReference(left), parseReference(right)];
  return a?.registry === b?.registry && a?.path === b?.path;
}

/** The digest that the registry has for a tag, or undefined when it cannot be asked. */
async function askRegistry(
  { engine, options, credentials }: LookUp,
  reference: string,
  isKnown: boolean,
): Promise<string | undefined> {
  const own = credentials.find(({ address }) => address === parseReference(reference)?.registry);
  try {
    const { sha256Digest } = await docker.getRegistryImage({ name: reference }, options);
    return sha256Digest;
  } catch (error) {
    const digest = await askPlainly(reference, engine, own).catch(() => undefined);
    if (digest === undefined && isKnown && own !== undefined)
      void pulumi.log.warn(
        `Whether ${reference} is another image now could not be asked, so it stays what the engine has: ${shorten(error)}`,
        options.parent,
      );
    return digest;
  }
}

function shorten(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.slice(text.lastIndexOf("* ") + 1).trim();
}

const manifestTypes = [
  "application/vnd.docker.distribution.manifest.v2+json",
  "application/vnd.docker.distribution.manifest.list.v2+json",
  "application/vnd.oci.image.manifest.v1+json",
  "application/vnd.oci.image.index.v1+json",
].join(", ");

/** Asks a registry that the engine asks without TLS, because the provider knows no such one. */
async function askPlainly(
  reference: string,
  engine: Engine,
  credentials: Credentials | undefined,
): Promise<string | undefined> {
  const { registry, path = "", tag = "latest" } = parseReference(reference) ?? {};
  if (registry === undefined || !(await isWithoutTls(registry, engine))) return undefined;
  const url = `http://${registry}/v2/${path}/manifests/${tag}`;
  const basic: Record<string, string> =
    credentials === undefined ? {} : { authorization: `Basic ${encode(credentials)}` };
  const ask = (authorization: Record<string, string>): Promise<Response> =>
    fetch(url, {
      method: "HEAD",
      headers: { accept: manifestTypes, ...authorization },
      signal: AbortSignal.timeout(5000),
    });
  let answer = await ask(basic);
  if (answer.status === 401) {
    const token = await fetchToken(answer.headers.get("www-authenticate") ?? "", basic);
    answer = await ask({ authorization: `Bearer ${token}` });
  }
  return answer.ok ? (answer.headers.get("docker-content-digest") ?? undefined) : undefined;
}

function encode({ username, password }: Credentials): string {
  return Buffer.from(`${username}:${password}`).toString("base64");
}

/** Whether the engine asks a registry without TLS: one of its own host, or one that it was told to. */
async function isWithoutTls(registry: string, engine: Engine): Promise<boolean> {
  const host = engine.host ?? process.env.DOCKER_HOST ?? "";
  if (/^(?:localhost|127\.[0-9.]+|\[::1\])(?::|$)/.test(registry))
    return !/^(?:ssh|tcp|https?):\/\/(?!localhost|127\.|\[::1\])/.test(host);
  const format = "--format={{json .RegistryConfig.IndexConfigs}}";
  const { code, stdout } = await engine.attempt(["info", format]);
  const known = code === 0 ? (JSON.parse(stdout) as Record<string, { Secure: boolean } | undefined>) : {};
  return known[registry]?.Secure === false;
}

async function fetchToken(challenge: string, headers: Record<string, string>): Promise<string> {
  const part = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(challenge)?.[1] ?? "";
  const url = new URL(part("realm"));
  for (const name of ["service", "scope"]) url.searchParams.set(name, part(name));
  const answer = await fetch(url, { headers, signal: AbortSignal.timeout(5000) });
  const { token = "" } = (await answer.json()) as { token?: string };
  return token;
}
