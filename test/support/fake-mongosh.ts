import { existsSync, readFileSync } from "node:fs";
import { runInNewContext } from "node:vm";

/** A user of the fake servers. */
interface FakeUser {
  pwd: string;
  roles: unknown;
}

type Command = Record<string, unknown>;

/** Servers of MongoDB as far as the setup asks them, and what it asked them for. */
export class FakeServers {
  /** Users, as `database.name`. */
  users: Record<string, FakeUser> = {};
  /** Name of the replica set, when it is initiated. */
  setName: string | undefined;
  /** Commands of an administrator. */
  commands: Command[] = [];
  /** Addresses without passwords, in the order in which they were connected to. */
  addresses: string[] = [];
  /** Indexes, as JSON. */
  indexes = new Set<string>();
  /** Documents of the collection of seeds. */
  seeds: string[] = [];
  /** Names of indexes that cannot be made. */
  conflicts: string[] = [];
  /** How often initiating the set fails. */
  initiationFailures = 0;
  /** What was printed as an error. */
  errors: string[] = [];
  /** The file beside the data, by which the administrator's password outlives the state. */
  kept: string | undefined;
  /** What was loaded. */
  loaded: string[] = [];
  /** Text of a script that fails. */
  failing: string | undefined;

  /** Runs a setup as the shell would; gives the exit code. */
  run(setup: string): number {
    const [, script = ""] =
      /^HOME=\/tmp mongosh [^\n]*<<'FLOTILLA_END'\n(.*)FLOTILLA_END\n$/s.exec(setup) ?? [];
    class Quit extends Error {
      constructor(readonly code: number) {
        super("quit");
      }
    }
    const context = {
      require: () => this.#files(),
      connect: (address: string) => this.#connect(address),
      sleep: () => undefined,
      console: { error: (text: string) => this.errors.push(text) },
      load: (file: string) => {
        this.#load(file);
      },
      quit: (code: number) => {
        throw new Quit(code);
      },
      db: undefined,
    };
    try {
      runInNewContext(script, context);
    } catch (error) {
      if (error instanceof Quit) return error.code;
      throw error;
    }
    return 0;
  }

  #written = new Map<string, string>();

  #files() {
    return {
      existsSync: (path: string) => (path.startsWith("/data/") ? this.kept !== undefined : existsSync(path)),
      readFileSync: (path: string) =>
        path.startsWith("/data/") ? (this.kept ?? "") : readFileSync(path, "utf8"),
      writeFileSync: (path: string, text: string) => {
        if (path.startsWith("/data/")) this.kept = text;
        else this.#written.set(path, text);
      },
      unlinkSync: (path: string) => this.#written.delete(path),
    };
  }

  #load(file: string): void {
    const text = this.#written.get(file);
    if (text === undefined) throw new Error(`no such file: ${file}`);
    if (text === this.failing) throw new Error("boom");
    this.loaded.push(text);
  }

  #connect(address: string) {
    const [, user, password, rest = "", database = ""] =
      /^mongodb:\/\/(?:([^:@/]*):([^@/]*)@)?([^/]*\/([^?]*).*)$/.exec(address) ?? [];
    this.addresses.push(`${user ?? "nobody"}@${rest}`);
    if (user !== undefined && this.users[`${database}.${user}`]?.pwd !== password)
      throw Object.assign(new Error("Authentication failed."), { code: 18 });
    return this.#database(database);
  }

  #database(name: string): Record<string, unknown> {
    const key = (user: string): string => `${name}.${user}`;
    return {
      getName: () => name,
      hello: () => ({ setName: this.setName }),
      adminCommand: (command: Command) => {
        this.#administrate(command);
      },
      getSiblingDB: (other: string) => this.#database(other),
      getUser: (user: string) => this.users[key(user)] ?? null,
      getUsers: () => ({
        users: Object.keys(this.users)
          .filter((each) => each.startsWith(`${name}.`))
          .map((each) => ({ user: each.slice(name.length + 1) })),
      }),
      createUser: ({ user, pwd, roles }: FakeUser & { user: string }) => {
        if (this.users[key(user)] !== undefined) throw new Error(`${user} is there`);
        this.users[key(user)] = { pwd, roles };
      },
      updateUser: (user: string, changes: Partial<FakeUser>) => {
        const found = this.users[key(user)];
        if (found === undefined) throw new Error(`${user} is not there`);
        Object.assign(found, changes);
      },
      dropUser: (user: string) => {
        this.users = Object.fromEntries(Object.entries(this.users).filter(([each]) => each !== key(user)));
      },
      getCollection: (collection: string) => this.#collection(collection),
    };
  }

  #collection(collection: string) {
    return {
      createIndex: (keys: object, options: { name?: string }) => {
        const name = options.name ?? Object.entries(keys).flat().join("_");
        if (this.conflicts.includes(name)) throw new Error("one with other options is there");
        this.indexes.add(JSON.stringify([collection, keys, options]));
      },
      findOne: ({ _id }: { _id: string }) => (this.seeds.includes(_id) ? { _id } : null),
      insertOne: ({ _id }: { _id: string }) => this.seeds.push(_id),
    };
  }

  #administrate(command: Command): void {
    if (command.replSetInitiate !== undefined && this.initiationFailures > 0) {
      this.initiationFailures -= 1;
      throw new Error("a member is not reachable");
    }
    this.commands.push(JSON.parse(JSON.stringify(command)) as Command);
    const { replSetInitiate } = command as { replSetInitiate?: { _id: string } };
    if (replSetInitiate !== undefined) this.setName = replSetInitiate._id;
  }
}
