import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { Failure, perform, tryDocker } from "./docker";
import { passGate, type Gate } from "./gate";

/** A datastore that shall be used. */
interface StoreTask extends Gate {
  /** Shell script for its container; it makes the users, and holds their passwords. */
  configure: string;
}

/** Waits until a datastore is healthy, and gives it its users. */
export function openStore(): void {
  void perform(async () => {
    const task = JSON.parse(readFileSync(0, "utf8")) as StoreTask;
    const healthy = await passGate(task);
    if (task.configure === "") return healthy;
    const { code, stderr } = await tryDocker(
      ["exec", "-i", "--user=0", task.replica, "sh", "-e", "-s"],
      task.configure,
    );
    if (code !== 0) throw new Failure(`The users of ${task.title} cannot be made.\n${stderr.trim()}`);
    return `${healthy}; its users are there`;
  });
}

/** The passwords of a datastore, as the state keeps them. */
interface Passwords {
  version: number;
  current: string;
  previous?: string;
  administrator: string;
}

/** Prints the passwords of a datastore; the one before stays when a new one is asked for. */
export function makePasswords(): void {
  const version = Number(process.env.FLOTILLA_VERSION);
  const given = process.env.FLOTILLA_PASSWORD ?? "";
  const before = JSON.parse(process.env.PULUMI_COMMAND_STDOUT || "null") as Passwords | null;
  process.stdout.write(JSON.stringify(nextPasswords(before ?? undefined, version, given)));
}

/** The passwords after those of before; `given` is the user's own, or empty. */
export function nextPasswords(before: Passwords | undefined, version: number, given: string): Passwords {
  const makes = (): string => randomBytes(24).toString("base64url");
  if (before === undefined) return { version, current: given || makes(), administrator: makes() };
  const isNew = given === "" ? version !== before.version : given !== before.current;
  if (!isNew) return { ...before, version };
  return { ...before, version, current: given || makes(), previous: before.current };
}
