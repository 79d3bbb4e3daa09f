import { posix } from "node:path";
import { defineScript, onEngine } from "./process";
import { type Engine, Failure } from "../engine/client";
import { packTar } from "./tar";
import type { Writer } from "./tasks";

/** Numbers of a user and a group. */
export interface Owner {
  user: number;
  group: number;
}

export const { giveToWriters } = defineScript<"volume">({
  /** Gives a volume to the user of the pools that write to it. */
  giveToWriters: onEngine(async (engine, { task: { title, volume, writers } }) => {
    const owner = chooseOwner(title, await Promise.all(writers.map((writer) => findOwner(engine, writer))));
    const [first] = writers;
    if (first === undefined) return `nobody writes to ${title}`;
    const { image, path } = first;
    // A new volume gets what this image has at the path, as with any container.
    return withContainer(engine, image, [`--volume=${volume}:${path}`], (container) =>
      owner === undefined
        ? Promise.resolve(`root writes to ${title}`)
        : give(engine, container, path, title, owner),
    );
  }),
});

/** The one user that writes to a volume, or none where that is root, who may write everywhere. */
export function chooseOwner(title: string, found: (Owner & { pool: string })[]): Owner | undefined {
  const bound = found.filter(({ user }) => user !== 0);
  const [first] = bound;
  if (bound.every(({ user }) => user === first?.user)) return first;
  const users = bound.map(({ pool, user, group }) => `${pool} as ${user}:${group}`);
  throw new Failure(
    `Pools write to the shared volume ${title} as different users: ${users.join(", ")}. A folder belongs to one: give these pools the same user, or set readOnly where nothing is written.`,
  );
}

/** Command of a container that never runs. */
export const neverStarted = "/never-started";

/** Makes a container that never runs: nothing is executed, so that the image needs no shell. */
async function withContainer<Result>(
  engine: Engine,
  image: string,
  options: string[],
  work: (container: string) => Promise<Result>,
): Promise<Result> {
  const own = ["--network=none", `--entrypoint=${neverStarted}`, ...options];
  const container = await engine.run(["create", ...own, image]);
  try {
    return await work(container);
  } finally {
    await engine.run(["rm", "--volumes", container]);
  }
}

async function findOwner(engine: Engine, { pool, image, user }: Writer): Promise<Owner & { pool: string }> {
  const asked = user ?? (await engine.run(["image", "inspect", "--format={{.Config.User}}", image]));
  return withContainer(engine, image, [], async (container) => {
    const read = (file: string): Promise<string> =>
      engine.run(["cp", "--follow-link", `${container}:${file}`, "-"]).then(unpackFile, () => "");
    return { pool, ...resolveOwner(asked, await read("/etc/passwd"), await read("/etc/group")) };
  });
}

/** Finds the numbers of `user` or `user:group`, by name or number, as the engine does. */
export function resolveOwner(asked: string, passwd: string, group: string): Owner {
  const [name = "", groupName] = asked.split(":");
  if (name === "") return { user: 0, group: 0 };
  const isNumber = /^\d+$/;
  const found = findLine(passwd, (fields) => fields[isNumber.test(name) ? 2 : 0] === name);
  const user = isNumber.test(name) ? name : found?.[2];
  const foundGroup =
    groupName === undefined || isNumber.test(groupName)
      ? (groupName ?? found?.[3] ?? "0")
      : findLine(group, (fields) => fields[0] === groupName)?.[2];
  if (user === undefined || foundGroup === undefined)
    throw new Failure(`The image has no user ${asked}. Set the pool's user to numbers, like 1000:1000.`);
  return { user: Number(user), group: Number(foundGroup) };
}

function findLine(text: string, test: (fields: string[]) => boolean): string[] | undefined {
  return text
    .split("\n")
    .map((line) => line.split(":"))
    .find(test);
}

/** The only file of an archive. */
function unpackFile(archive: string): string {
  return archive.slice(512).replace(/\0+$/, "");
}

/** In a volume that has nothing else: the engine copies the folder of an image, and its owner, over an empty one. */
const marker = ".flotilla";

/** Sets the owner of a volume's own folder; what is in it keeps its owners. */
async function give(
  engine: Engine,
  container: string,
  path: string,
  title: string,
  owner: Owner,
): Promise<string> {
  const { mode, isEmpty, ...present } = await readFolder(engine, container, path);
  const numbers = `${owner.user}:${owner.group}`;
  const isTheirs = present.user === owner.user && present.group === owner.group;
  if (isTheirs && !isEmpty) return `${title} belongs to ${numbers}`;
  const seconds = Math.floor(Date.now() / 1000);
  const folder = posix.basename(path);
  const archive = packTar([
    { path: `${folder}/`, owner, mode, seconds },
    ...(isEmpty ? [{ path: `${folder}/${marker}`, content: Buffer.alloc(0), owner, seconds }] : []),
  ]);
  await engine.run(["cp", "-", `${container}:${posix.dirname(path)}`], { input: archive });
  return `${title} belongs to ${numbers} now`;
}

/** Reads a folder off the start of its archive; the rest, all that is in it, is not waited for. */
async function readFolder(
  engine: Engine,
  container: string,
  path: string,
): Promise<Owner & { mode: number; isEmpty: boolean }> {
  const start = await engine.runToStart(["cp", `${container}:${path}`, "-"], 1024);
  const number = (at: number): number => parseInt(start.toString("latin1", at, at + 7), 8);
  // After the last entry come zeros.
  const isEmpty = start.subarray(512, 1024).every((byte) => byte === 0);
  return { mode: number(100), user: number(108), group: number(116), isEmpty };
}
