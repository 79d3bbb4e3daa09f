/** An image as Docker reads its name. */
export interface ImageReference {
  /** Host, with port, of the registry; `undefined` means Docker Hub. */
  readonly registry: string | undefined;
  /** Repository in the registry, with `library/` for Docker Hub's own images. Empty for an image id. */
  readonly path: string;
  /** Tag, if the text names one. */
  readonly tag?: string;
  /** Digest of the content, if the text names one; for an image id, the id. */
  readonly digest?: string;
}

const idPattern = /^(?:sha256:)?([a-f0-9]{64})$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^(?:sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128})$/;
const pathPattern = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;
const label = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const registryPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const maxPathLength = 255;

/** Reads a reference as Docker does; `undefined` if Docker would refuse it. */
export function parseReference(text: string): ImageReference | undefined {
  const id = idPattern.exec(text)?.[1];
  if (id !== undefined) return { registry: undefined, path: "", digest: `sha256:${id}` };

  const { name, tag, digest } = splitReference(text);
  const { registry, path } = splitName(name);
  if (registry !== undefined && !registryPattern.test(registry)) return undefined;
  if (path.length > maxPathLength || !pathPattern.test(path)) return undefined;
  if (tag !== undefined && !tagPattern.test(tag)) return undefined;
  if (digest !== undefined && !digestPattern.test(digest)) return undefined;
  return { registry, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

/**
 * The reference under which a mirror serves an image of Docker Hub. Ids, images of other registries and those in
 * `localImages`, which were built or imported on the engine, stay as they are.
 */
export function applyMirror(
  text: string,
  mirror: string | undefined,
  localImages: Iterable<string> = [],
): string {
  const prefix = mirror?.replace(/\/+$/, "") ?? "";
  const reference = parseReference(text);
  if (prefix === "" || reference === undefined) return text;
  if (reference.registry !== undefined || reference.path === "") return text;
  const identity = describe(reference);
  for (const local of localImages) {
    const localReference = parseReference(local);
    if (localReference !== undefined && describe(localReference) === identity) return text;
  }
  const tag = reference.tag ?? (reference.digest === undefined ? "latest" : undefined);
  return `${prefix}/${reference.path}${formatVersion(tag, reference.digest)}`;
}

/** The same repository at exactly this content. The tag goes, as it may name other content; an id stays as it is. */
export function withDigest(text: string, digest: string): string {
  const reference = parseReference(text);
  if (reference === undefined) throw new Error(`image must be a Docker image reference, got "${text}".`);
  if (!digestPattern.test(digest)) throw new Error(`digest must look like sha256:<64 hex>, got "${digest}".`);
  return reference.path === "" ? text : `${splitReference(text).name}@${digest}`;
}

/** Whether a reference always means the same content: it has a digest, or is an image id. */
export function isPinned(text: string): boolean {
  return parseReference(text)?.digest !== undefined;
}

function splitReference(text: string): { name: string; tag?: string; digest?: string } {
  const digestAt = text.indexOf("@");
  const tagged = digestAt === -1 ? text : text.slice(0, digestAt);
  const digest = digestAt === -1 ? {} : { digest: text.slice(digestAt + 1) };
  const tagAt = tagged.lastIndexOf(":");
  // A colon before a slash belongs to the registry's port.
  if (tagAt === -1 || tagged.includes("/", tagAt)) return { name: tagged, ...digest };
  return { name: tagged.slice(0, tagAt), tag: tagged.slice(tagAt + 1), ...digest };
}

function splitName(name: string): { registry: string | undefined; path: string } {
  const slashAt = name.indexOf("/");
  const first = name.slice(0, Math.max(slashAt, 0));
  const isRegistry = /[.:]/.test(first) || first === "localhost" || first !== first.toLowerCase();
  const rest = isRegistry ? name.slice(slashAt + 1) : name;
  if (isRegistry && first !== "docker.io" && first !== "index.docker.io")
    return { registry: first, path: rest };
  return { registry: undefined, path: rest.includes("/") ? rest : `library/${rest}` };
}

function describe({ registry, path, tag, digest }: ImageReference): string {
  return `${registry ?? "docker.io"}/${path}${formatVersion(tag ?? "latest", digest)}`;
}

function formatVersion(tag: string | undefined, digest: string | undefined): string {
  return `${tag === undefined ? "" : `:${tag}`}${digest === undefined ? "" : `@${digest}`}`;
}
