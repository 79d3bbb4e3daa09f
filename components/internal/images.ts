import type { local } from "@pulumi/command";
import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { BuildArgs, RegistryArgs } from "../types";
import { hashBuildContext } from "./build-context";
import { createCommand } from "./commands";
import { type Context, withHost } from "./context";
import { applyMirror, isPinned, withDigest } from "./image-reference";
import { imageScript } from "./scripts";
import { tryDocker } from "./scripts/docker";

/** An image on the engine. */
export interface Image {
  /** Id of its content: it changes exactly when the content does. */
  id: pulumi.Output<string>;
  /** The command that provides it. */
  command: local.Command;
}

/** Versions of a built image that stay on the engine, so that going back needs no build. */
const keptVersions = 5;

/** Provides the image that a reference stands for now. */
export function provideImage(
  context: Context,
  name: string,
  reference: string,
  registry: RegistryArgs | undefined,
  followTags: boolean,
): Image {
  const mirrored = applyMirror(reference, registry?.mirror);
  const content = context.engineHost.apply((host) => identify(context, mirrored, followTags, host));
  const credentials = registry?.credentials ?? [];
  const command = createCommand(context, name, {
    script: imageScript,
    create: "provideImage",
    task: {
      reference: mirrored,
      pull: content.apply(({ digest }) => (digest === undefined ? undefined : withDigest(mirrored, digest))),
      group: "",
      keep: keptVersions,
    },
    environment:
      credentials.length === 0
        ? {}
        : { FLOTILLA_CREDENTIALS: pulumi.secret(pulumi.jsonStringify(credentials)) },
    triggers: [mirrored, content.apply(({ digest, id }) => digest ?? id ?? "")],
  });
  return { id: command.stdout, command };
}

/** Builds the image of a folder; what its files, Dockerfile and arguments say is its version. */
export function buildImage(context: Context, name: string, build: BuildArgs): Image {
  const { context: folder, dockerfile = "Dockerfile", target, args = {} } = build;
  const hash = hashBuildContext(folder, { dockerfile, args, ...(target === undefined ? {} : { target }) });
  const group = `${pulumi.getProject()}-${pulumi.getStack()}-${name}`.toLowerCase();
  const reference = `flotilla/${group}:${hash}`;
  const command = createCommand(context, name, {
    script: imageScript,
    create: "provideImage",
    task: {
      reference,
      build: { context: folder, dockerfile, args, ...(target === undefined ? {} : { target }) },
      group,
      keep: keptVersions,
    },
    triggers: [reference],
  });
  return { id: command.stdout, command };
}

/** What a reference stands for: an image that only the engine has, or one of a registry. */
interface Content {
  id?: string;
  digest?: string;
}

async function identify(
  context: Context,
  reference: string,
  followTags: boolean,
  host: string | undefined,
): Promise<Content> {
  if (isPinned(reference)) {
    const digest = /@(sha256:.*)$/.exec(reference)?.[1];
    return digest === undefined ? { id: reference } : { digest };
  }
  const local = await inspectLocal(reference, host);
  // Built or imported here, so no registry knows of it.
  if (local !== undefined && local.digests.length === 0) return { id: local.id };
  const known = local?.digests.map((name) => name.slice(name.indexOf("@") + 1))[0];
  if (known !== undefined && !followTags) return { digest: known };
  const current = await askRegistry(context, reference);
  const digest = current ?? known;
  return digest === undefined ? {} : { digest };
}

async function inspectLocal(
  reference: string,
  host: string | undefined,
): Promise<{ id: string; digests: string[] } | undefined> {
  const { code, stdout } = await tryDocker(
    ["image", "inspect", "--format={{.Id}} {{json .RepoDigests}}", reference],
    undefined,
    withHost(host),
  );
  if (code !== 0) return undefined;
  const [id = "", digests = "[]"] = stdout.trim().split(" ");
  return { id, digests: (JSON.parse(digests) ?? []) as string[] };
}

/** The digest that the registry has for a tag, or undefined when it cannot be asked. */
async function askRegistry(context: Context, reference: string): Promise<string | undefined> {
  try {
    const { sha256Digest } = await docker.getRegistryImage({ name: reference }, { parent: context.parent });
    return sha256Digest;
  } catch {
    return undefined;
  }
}
