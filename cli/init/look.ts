// What a folder says of the application in it: what it is built from, where it listens, and which path says that it is well.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { parseEnvFile } from "../../stack/env-file";
import { type DockerfileFacts, type Language, readDockerfile } from "./dockerfile";

/** Something that was found, or guessed, and from what. */
export interface Guess<Value> {
  value: Value;
  from: string;
}

/** An application, as far as it is known before its user is asked. */
export interface Application {
  /** The folder that its image is built from. */
  folder: string;
  hasDockerfile: boolean;
  language: Language | undefined;
  name: string;
  port: Guess<number>;
  healthPath: Guess<string>;
  /** The program that `npm start` starts. */
  main: string;
  /** Name of its file for Compose. */
  compose: string | undefined;
  /** Names of the variables in its `.env`; undefined when there is none. */
  variables: string[] | undefined;
}

/** The part of a package.json that is of use. */
export interface Manifest {
  name?: string;
  version?: string;
  type?: string;
  main?: string;
  scripts?: { start?: string };
  dependencies?: Record<string, string>;
  peerDependencies?: Record<string, string>;
  peerDependenciesMeta?: Record<string, { optional?: boolean }>;
}

const defaultPorts: Record<Language, number> = { "Node.js": 3000, Python: 8000, Go: 8080 };

/** The folder of the application that a project in this folder is for: itself, or the nearest one above that has a Dockerfile. */
export function findApplication(folder: string): string {
  const [found = folder] = foldersUpToRepository(folder).filter((each) =>
    existsSync(join(each, "Dockerfile")),
  );
  return found;
}

/** A folder and those above it, up to the one that Git knows; alone where Git knows none. */
function foldersUpToRepository(folder: string): string[] {
  const found: string[] = [];
  for (let each = folder; ; each = dirname(each)) {
    found.push(each);
    if (existsSync(join(each, ".git"))) return found;
    if (dirname(each) === each) return [folder];
  }
}

/** Looks at the folder of an application. */
export function lookAt(folder: string): Application {
  const manifest = readManifest(folder);
  const dockerfile = join(folder, "Dockerfile");
  const hasDockerfile = existsSync(dockerfile);
  const facts = readDockerfile(hasDockerfile ? readFileSync(dockerfile, "utf8") : "");
  const language = facts.language ?? findLanguage(folder);
  const envFile = join(folder, ".env");
  const variables = existsSync(envFile) ? parseEnvFile(readFileSync(envFile, "utf8")).values : undefined;
  return {
    ...{ folder, hasDockerfile, language },
    name: toName(manifest?.name ?? basename(folder)),
    port: guessPort(facts, variables?.PORT, language),
    healthPath: guessHealthPath(facts, folder),
    main: findMain(manifest),
    compose: ["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"].find((name) =>
      existsSync(join(folder, name)),
    ),
    variables: variables && Object.keys(variables),
  };
}

/** Reads the package.json of a folder; undefined where there is none. */
export function readManifest(folder: string): Manifest | undefined {
  const file = join(folder, "package.json");
  return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Manifest) : undefined;
}

function findLanguage(folder: string): Language | undefined {
  const has = (name: string) => existsSync(join(folder, name));
  if (has("go.mod")) return "Go";
  if (has("requirements.txt") || has("pyproject.toml")) return "Python";
  return has("package.json") ? "Node.js" : undefined;
}

/** A name as projects may have it; that of a scoped package is what stands behind its scope. */
export function toName(text: string): string {
  const name = text
    .replace(/^@[^/]*\//, "")
    .toLowerCase()
    .replaceAll(/[^a-z0-9_.-]+/g, "-")
    .replaceAll(/^[-.]+|[-.]+$/g, "");
  return name === "" ? "app" : name;
}

function guessPort(
  { port, portFrom }: DockerfileFacts,
  variable: string | undefined,
  language: Language | undefined,
): Guess<number> {
  if (port !== undefined) return { value: port, from: `${portFrom} of the Dockerfile` };
  if (variable !== undefined && /^\d{2,5}$/.test(variable))
    return { value: Number(variable), from: "PORT in .env" };
  return language === undefined
    ? { value: 8080, from: "a guess" }
    : { value: defaultPorts[language], from: `a guess, usual for ${language}` };
}

const healthPath =
  /["'`](\/(?:[\w-]+\/)*(?:healthz?|healthcheck|health-check|livez|readyz|ready|up|ping))["'`]/;

function guessHealthPath({ healthPath: checked }: DockerfileFacts, folder: string): Guess<string> {
  if (checked !== undefined) return { value: checked, from: "HEALTHCHECK of the Dockerfile" };
  for (const file of listSources(folder, 3)) {
    const [, path] = healthPath.exec(readFileSync(join(folder, file), "utf8")) ?? [];
    if (path !== undefined) return { value: path, from: file };
  }
  return { value: "/", from: "a guess: nothing here names a path for it" };
}

const programs = [".js", ".mjs", ".cjs", ".ts", ".py", ".go"];
const leftOut = ["node_modules", "dist", "build", "vendor", "test", "tests", "venv", "__pycache__"];
/** Enough for an application; whoever has more is asked. */
const mostSources = 300;

/** The programs of a folder, those that lie highest first. */
function listSources(folder: string, depth: number, below = ""): string[] {
  const entries = readdirSync(join(folder, below), { withFileTypes: true }).filter(
    ({ name }) => !name.startsWith(".") && !leftOut.includes(name),
  );
  const files = entries.filter((entry) => entry.isFile() && programs.includes(extname(entry.name)));
  const folders = depth > 0 ? entries.filter((entry) => entry.isDirectory()) : [];
  return [
    ...files.map(({ name }) => join(below, name)),
    ...folders.flatMap(({ name }) => listSources(folder, depth - 1, join(below, name))),
  ].slice(0, mostSources);
}

function findMain(manifest: Manifest | undefined): string {
  const [, started] = /^node\s+(?:--\S+\s+)*(\S+)$/.exec(manifest?.scripts?.start ?? "") ?? [];
  return started ?? manifest?.main ?? "server.js";
}
