import { join, resolve } from "node:path";
import type { BackupRecord } from "../../../../backup/record";
import { docker, findRunning } from "../../support/engine";
import { start } from "../../support/processes";
import type { Workspace } from "../../support/workspace";
import { clientSettings } from "./kafka";
import type { Restored } from "../../../../backup/answers";

const root = resolve(__dirname, "../../../..");

/** What `npm run backup` and `npm run restore` gave. */
export interface CommandResult {
  ok: boolean;
  backup?: BackupRecord;
  backups?: BackupRecord[];
  restored?: Restored;
  errors: string[];
  /** All that was printed. */
  text: string;
}

/** Runs `npm run backup` or `npm run restore`, as the script in package.json does. */
export async function runCommand(workspace: Workspace, ...args: string[]): Promise<CommandResult> {
  const command = ["--require", "./loader/register.cjs", join("cli", "main.ts"), ...args];
  const { code, text } = await start(
    process.execPath,
    [...command, "--stack", workspace.stack, "--json"],
    root,
    process.env,
  ).ended;
  const json = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  if (json === "") throw new Error(`The command gave no result:\n${text}`);
  const result = JSON.parse(json) as Omit<CommandResult, "text">;
  if (result.ok !== (code === 0)) throw new Error(`The command ended with ${String(code)}:\n${text}`);
  return { ...result, text };
}

/** The same where it must succeed. */
export async function mustRun(workspace: Workspace, ...args: string[]): Promise<CommandResult> {
  const result = await runCommand(workspace, ...args);
  if (!result.ok) throw new Error(result.errors.join("\n"));
  return result;
}

/** The container of a datastore in a role. */
export async function findContainer(workspace: Workspace, store: string, role: string): Promise<string> {
  const names = await findRunning(workspace.label, `flotilla.role=${role}`);
  for (const name of names) {
    const own = await docker("inspect", '--format={{index .Config.Labels "flotilla.store"}}', name);
    if (own === store) return name;
  }
  throw new Error(`No container of ${store} has the role ${role}.`);
}

/** How the contents of a datastore are made and read, in the server's own container, by its application's user. */
export interface Contents {
  /** Shell command that writes `$COUNT` entries, to "$URL" where it can. */
  write: string;
  /** Shell command that prints every entry with its value, in order. */
  read: string;
  /** Shell command that changes what a backup has: adds something, and removes something. */
  spoil: string;
  /** Shell command that prints how many kinds of entries there are: none in a new datastore. */
  kinds: string;
  /** What a backup of `count` entries has in it. */
  counts: (count: number) => Record<string, string>;
}

/** Engines whose backups are tried. */
export type BackedUpEngine = "redis" | "postgres" | "mongodb" | "kafka";

const kafkaClient = `${clientSettings}
send() { /opt/kafka/bin/kafka-console-producer.sh --bootstrap-server "$servers" --topic entries --command-config /tmp/client.properties "$@" >&2; }
receive() { /opt/kafka/bin/kafka-console-consumer.sh --bootstrap-server "$servers" --topic entries --command-config /tmp/client.properties --from-beginning --timeout-ms 8000 --formatter-property print.key=true --formatter-property print.offset=true --formatter-property print.partition=true 2>/dev/null | sort; }
`;
const mongosh = (script: string): string => `mongosh --quiet --norc "$URL" --eval '${script}'`;

/** Contents of the engines. */
export const contents: Record<BackedUpEngine, Contents> = {
  redis: {
    write: `seq $COUNT | sed 's/.*/SET entry:& "value of &"/' | redis-cli --no-auth-warning -u "$URL" | grep -c OK`,
    read: `seq $COUNT | sed 's/.*/GET entry:&/' | redis-cli --no-auth-warning -u "$URL"; redis-cli --no-auth-warning -u "$URL" DBSIZE`,
    spoil: `redis-cli --no-auth-warning -u "$URL" DEL entry:1 entry:2; redis-cli --no-auth-warning -u "$URL" SET other 1`,
    kinds: 'redis-cli --no-auth-warning -u "$URL" DBSIZE',
    counts: (count) => ({ db0: String(count) }),
  },
  postgres: {
    write: `psql -q -U owner -d app -c 'CREATE TABLE IF NOT EXISTS entries (id int PRIMARY KEY, value text)' && psql -q "$URL" -c "INSERT INTO entries SELECT id, 'value of ' || id FROM generate_series(1, $COUNT) id ON CONFLICT DO NOTHING"`,
    read: `psql -qtA "$URL" -c 'SELECT id, value FROM entries ORDER BY id'; psql -qtA "$URL" -c "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1"`,
    spoil: `psql -q "$URL" -c 'DELETE FROM entries WHERE id < 3' && psql -q -U owner -d app -c 'CREATE TABLE other (id int)'`,
    kinds: "psql -qtA -U owner -d app -c 'SELECT count(*) FROM pg_tables WHERE tablename = $$entries$$'",
    counts: (count) => ({ "public.entries": String(count) }),
  },
  kafka: {
    write: `${kafkaClient}seq $COUNT | sed 's/.*/&:value of &/' | send --reader-property parse.key=true --reader-property key.separator=:`,
    read: `${kafkaClient}receive`,
    spoil: `${kafkaClient}echo other | send`,
    kinds: `${kafkaClient}receive | wc -l`,
    counts: (count) => ({ entries: String(count) }),
  },
  mongodb: {
    write: mongosh(`
      const entries = [];
      for (let id = 1; id <= Number(process.env.COUNT); id += 1) entries.push({ _id: id, value: "value of " + id });
      db.entries.insertMany(entries);
      db.entries.createIndex({ value: 1 }, { unique: true });`),
    read: mongosh(`
      for (const { _id, value } of db.entries.find().sort({ _id: 1 }).toArray()) console.log(_id + " " + value);
      for (const { name, unique } of db.entries.getIndexes()) console.log(name + " " + Boolean(unique));
      console.log(db.getCollectionNames().sort().join());`),
    spoil: mongosh(
      "db.entries.deleteMany({ _id: { $lt: 3 } }); db.entries.dropIndexes(); db.other.insertOne({ _id: 1 })",
    ),
    kinds: mongosh("console.log(db.getCollectionNames().length)"),
    counts: (count) => ({ entries: String(count), "indexes of entries": "2" }),
  },
};

/** Runs a shell command in the first server of a datastore. */
export async function runInside(
  workspace: Workspace,
  store: string,
  command: string,
  count: number,
): Promise<string> {
  const found = (await workspace.outputs()).stores?.[store];
  const [server = ""] = found?.containers ?? [];
  const env = [`--env=URL=${found?.url ?? ""}`, `--env=COUNT=${count}`];
  return docker("exec", ...env, server, "sh", "-c", command);
}
