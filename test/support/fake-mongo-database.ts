import { readFileSync, writeFileSync } from "node:fs";
import * as fs from "node:fs";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { makeFolder } from "./folders";

/** A collection, a view or a time series of the fake database. */
export interface FakeCollection {
  type?: "collection" | "view" | "timeseries";
  documents?: Record<string, unknown>[];
  indexes?: number;
  options?: object;
}

/** The application's database, as far as the script of a backup asks for it. */
export class FakeDatabase {
  collections: Record<string, FakeCollection> = {};
  /** Roles by user. */
  roles: Record<string, string[]> = { app_v1: ["readWrite"], owner: ["dbOwner"] };
  /** Whether the server knows roles. */
  knowsRoles = true;
  /** What was done, in order. */
  done: string[] = [];
  /** Name of a collection that cannot be renamed. */
  stuck: string | undefined;
  errors: string[] = [];

  /** Runs a part of the script as the shell would; gives its exit code and its answer. */
  run(script: string, part: string, log = ""): { code: number; lines: string[] } {
    const folder = makeFolder();
    const [logFile, answer] = [join(folder, "log"), join(folder, "answer")];
    writeFileSync(logFile, log);
    writeFileSync(answer, "");
    const env = {
      FLOTILLA_PART: part,
      FLOTILLA_USER: "nobody",
      FLOTILLA_LOG: logFile,
      FLOTILLA_ANSWER: answer,
    };
    let code = 0;
    runInNewContext(script, {
      require: () => fs,
      process: { env },
      connect: () => this.#open(),
      EJSON: JSON,
      console: { error: (text: string) => this.errors.push(text) },
      quit: (given: number) => {
        code = given;
      },
    });
    const lines = readFileSync(answer, "utf8").split("\n").slice(0, -1);
    return { code, lines };
  }

  #open() {
    return {
      getCollectionInfos: (filter: { name?: string | { $ne: string } } = {}) =>
        Object.entries(this.collections)
          .filter(([name]) =>
            typeof filter.name === "object" ? name !== filter.name.$ne : (filter.name ?? name) === name,
          )
          .map(([name, { type = "collection", options = {} }]) => ({ name, type, options })),
      getCollection: (name: string) => this.#collection(name),
      adminCommand: ({ renameCollection, to }: { renameCollection: string; to: string }) => {
        const [from = "", target = ""] = [renameCollection, to].map((each) => each.replace(/^app\./, ""));
        if (target === this.stuck) throw new Error("it is stuck");
        const { [from]: moved = {}, ...others } = this.collections;
        this.collections = { ...others, [target]: moved };
        this.done.push(`rename ${target}`);
        return { ok: 1 };
      },
      runCommand: ({ create, ...options }: { create: string }) => {
        this.collections[create] = { type: "view", options };
        this.done.push(`create ${create}`);
      },
      getSiblingDB: () => ({ getUser: () => ({ roles: this.knowsRoles ? ["root"] : [] }) }),
      getUsers: () => ({ users: Object.entries(this.roles).map(([user, roles]) => ({ user, roles })) }),
      updateUser: (user: string, { roles }: { roles: string[] }) => {
        this.roles[user] = roles;
        this.done.push(`${user} ${roles.join() || "nothing"}`);
      },
    };
  }

  #collection(name: string) {
    return {
      countDocuments: () => this.collections[name]?.documents?.length ?? 0,
      getIndexes: () => Array.from({ length: this.collections[name]?.indexes ?? 1 }),
      drop: () => {
        const { [name]: dropped, ...others } = this.collections;
        if (dropped !== undefined) this.done.push(`drop ${name}`);
        this.collections = others;
      },
      insertOne: (document: Record<string, unknown>) => {
        this.collections[name] = { documents: [...(this.collections[name]?.documents ?? []), document] };
      },
      findOne: () => this.collections[name]?.documents?.[0] ?? null,
    };
  }
}
