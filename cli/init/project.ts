// Makes a project of a folder: finds out, asks where somebody can answer, writes, and says what it did and what comes next.
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { basename, join, relative, resolve } from "node:path";
import { adaptToPackage, describeCall } from "../call";
import { exitCodes, Misuse } from "../failure";
import { provideProgram } from "../own-folder";
import { askUser, say } from "../processes";
import { type Language, writeDockerfile } from "./dockerfile";
import {
  addLines,
  addPackages,
  type Change,
  findSource,
  isProduction,
  isProgram,
  listLeftOut,
  type Plan,
  renderProgram,
  renderProject,
  renderStack,
  write,
} from "./files";
import { type Application, findApplication, type Guess, lookAt, toName } from "./look";

/** A call as it is in a folder of one's own. */
const call = (...words: [string, ...string[]]): string => adaptToPackage(describeCall(...words));

/** All that the command can be told. */
export interface Wishes {
  name: string | undefined;
  context: string | undefined;
  image: string | undefined;
  port: string | undefined;
  health: string | undefined;
  publish: string;
  stack: string[];
  dockerfile: boolean;
  yes: boolean;
}

/** Does it in the folder that one is in; gives the exit code. */
export async function setUpProject(wishes: Wishes): Promise<number> {
  const folder = process.cwd();
  const program = chooseProgram(folder);
  const application = lookAt(chooseContext(folder, wishes));
  const found = mergeWishes(application, wishes);
  const mayAsk = !wishes.yes && process.stdin.isTTY && process.stderr.isTTY;
  const answers = mayAsk ? await askAll(found) : found;
  const changes: Change[] = [];
  if (wishes.image === undefined && !application.hasDockerfile)
    changes.push(addDockerfile(folder, application, answers.port.value, wishes.dockerfile));
  const context = relative(folder, application.folder).replaceAll("\\", "/") || ".";
  const plan: Plan = {
    folder,
    name: answers.name.value,
    stacks: wishes.stack.length > 0 ? [...new Set(wishes.stack)] : ["dev", "prod"],
    port: answers.port.value,
    healthPath: answers.healthPath.value,
    publish: Number(wishes.publish),
    from: wishes.image === undefined ? { context } : { image: wishes.image },
    envFile: application.variables && (context === "." ? ".env" : `${context}/.env`),
  };
  changes.push(...writeProject(plan, program, application));
  await installFromFile(folder);
  say(describe(plan, answers, application, changes));
  return exitCodes.done;
}

/** Installs a package that no registry has: `npx flotilla` finds it in the folder alone. */
export async function installFromFile(folder: string): Promise<void> {
  if (findSource() !== undefined) await provideProgram(folder, true);
}

/** Sees to it that a folder is a project, whose stacks somebody else writes; gives what was written. */
export function beginProject(folder: string): Change[] {
  if (existsSync(join(folder, "Pulumi.yaml"))) return [];
  return writeProgram(folder, toName(basename(resolve(folder))), chooseProgram(folder));
}

/** Name of the program; refuses a folder that has a Pulumi project of another kind. */
function chooseProgram(folder: string): string {
  const project = join(folder, "Pulumi.yaml");
  if (existsSync(project)) {
    const [, main = ""] = /^main: *["']?([\w./-]+)/m.exec(readFileSync(project, "utf8")) ?? [];
    if (main !== "" && isProgram(folder, main)) return main;
    throw new Misuse(
      `There is another project in ${folder}: its Pulumi.yaml does not start Flotilla's program. Run ${call("init")} in a folder beside it, like deploy.`,
    );
  }
  const free = ["index.js", "flotilla.js"].find(
    (name) => !existsSync(join(folder, name)) || isProgram(folder, name),
  );
  if (free !== undefined) return free;
  throw new Misuse(
    `There are an index.js and a flotilla.js in ${folder}, which are never overwritten. Run ${call("init")} in a folder beside them, like deploy.`,
  );
}

function chooseContext(folder: string, { context, image }: Wishes): string {
  if (context === undefined) return image === undefined ? findApplication(folder) : folder;
  const path = resolve(folder, context);
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return path;
  throw new Misuse(`--context must be a folder that is there, got ${context}. It is looked for as ${path}.`);
}

/** All that is known and may be asked for. */
interface Answers {
  name: Guess<string>;
  port: Guess<number>;
  healthPath: Guess<string>;
}

function mergeWishes({ name, port, healthPath }: Application, wishes: Wishes): Answers {
  const told = "as told";
  return {
    name: wishes.name === undefined ? { value: name, from: "" } : { value: wishes.name, from: told },
    port: wishes.port === undefined ? port : { value: Number(wishes.port), from: told },
    healthPath: wishes.health === undefined ? healthPath : { value: wishes.health, from: told },
  };
}

async function askAll({ name, port, healthPath }: Answers): Promise<Answers> {
  const ask = async <Value>(what: string, guess: Guess<Value>, read: (text: string) => Value | undefined) => {
    if (guess.from === "as told") return guess;
    for (;;) {
      const text = await askUser(`${what} [${String(guess.value)}]: `);
      const value = text === "" ? guess.value : read(text);
      if (value !== undefined) return { value, from: text === "" ? guess.from : "as told" };
    }
  };
  const readPort = (text: string) =>
    /^\d{1,5}$/.test(text) && Number(text) > 0 && Number(text) < 65536 ? Number(text) : undefined;
  return {
    name: await ask("Name of the project", name, (text) => (toName(text) === text ? text : undefined)),
    port: await ask(`Port that the application listens on (${port.from})`, port, readPort),
    healthPath: await ask(`Path that answers 200 when it is well (${healthPath.from})`, healthPath, (text) =>
      /^\/[^\s#]*$/.test(text) ? text : undefined,
    ),
  };
}

function addDockerfile(
  project: string,
  { folder, language, main }: Application,
  port: number,
  isWanted: boolean,
): Change {
  const asked = `${call("init")} --dockerfile`;
  if (language === undefined)
    throw new Misuse(
      `There is no Dockerfile in ${folder}, nor above it. Write one, name its folder with --context, or an image with --image.`,
    );
  if (!isWanted)
    throw new Misuse(
      `There is no Dockerfile in ${folder}. ${asked} writes one for ${language}; --context names another folder, --image an image that something else builds.`,
    );
  const file = join(folder, "Dockerfile");
  const text = writeDockerfile(language, port, { has: (name) => existsSync(join(folder, name)), main });
  writeFileSync(file, text);
  return { file: relative(project, file), done: "written", what: `an image for ${language}` };
}

function writeProject(plan: Plan, program: string, application: Application): Change[] {
  const { folder, name, stacks } = plan;
  const hasOwnPackages = existsSync(join(folder, "package.json")) && application.language === "Node.js";
  const ofStacks = stacks.map((stack) =>
    write(folder, `Pulumi.${stack}.yaml`, renderStack(plan, stack), describeStack(plan, stack)),
  );
  const changes = [...writeProgram(folder, name, program), ...ofStacks];
  if ("image" in plan.from) return changes;
  const left = listLeftOut(plan, application.folder, { program, hasOwnPackages });
  if (left.length === 0) return changes;
  const ofDockerfile = "Dockerfile.dockerignore";
  const ignore = existsSync(join(application.folder, ofDockerfile)) ? ofDockerfile : ".dockerignore";
  const extra = existsSync(join(application.folder, ignore)) ? [] : listNoise(application.language);
  const change = addLines(application.folder, ignore, [...left, ...extra]);
  return [...changes, { ...change, file: relative(folder, join(application.folder, ignore)) }];
}

function writeProgram(folder: string, name: string, program: string): Change[] {
  return [
    write(folder, "Pulumi.yaml", renderProject(name, program), "the project"),
    write(folder, program, renderProgram(folder), "the program, of one line"),
    addPackages(folder, name),
    addLines(folder, ".gitignore", ["node_modules/", ".pulumi-state/"]),
  ];
}

/** Files that such folders have and that are no part of an image. */
function listNoise(language: Language | undefined): string[] {
  return [".git", ".env", ...(language === "Python" ? ["__pycache__", ".venv"] : [])];
}

function describeStack({ publish }: Plan, stack: string): string {
  return isProduction(stack) ? "two replicas, on port 80" : `one replica, on port ${publish}`;
}

function describe(
  { name, from, envFile, stacks }: Plan,
  { port, healthPath }: Answers,
  { language, compose, variables }: Application,
  changes: Change[],
): string {
  const image =
    "image" in from
      ? `runs ${from.image}`
      : `is built from the Dockerfile in ${from.context}${language === undefined ? "" : ` (${language})`}`;
  if (changes.every(({ done }) => done === "there already"))
    return `All is there already, and was left as it is: ${changes.map(({ file }) => file).join(", ")}.`;
  const width = Math.max(...changes.map(({ file }) => file.length));
  const [first = "dev", ...others] = stacks;
  const option = (stack: string) => (stack === "dev" ? [] : [`--stack ${stack}`]);
  return [
    `${name} ${image},`,
    `listens on port ${port.value} (${port.from}),`,
    `and is well when ${healthPath.value} answers 200 (${healthPath.from}).`,
    "",
    ...changes.map(({ file, done, what }) => `  ${done.padEnd(13)}  ${file.padEnd(width)}  ${what}`),
    ...(compose === undefined
      ? []
      : ["", `There is a ${compose}: ${call("import", "compose")} makes a stack of what it says.`]),
    ...(variables === undefined || envFile === undefined
      ? []
      : [
          "",
          `The variables of ${envFile} are given where it is not production. There, write them as env, and those that nobody`,
          `may read as secrets: [${variables.find((each) => /SECRET|TOKEN|PASSWORD|KEY/.test(each)) ?? "NAME"}], with their values by pulumi config set --secret.`,
        ]),
    "",
    "Look at the files, then:",
    "",
    `  ${call("up", ...option(first))}`,
    ...others.slice(0, 1).map((stack) => `  ${call("up", ...option(stack))}`),
  ].join("\n");
}
