import { randomBytes } from "node:crypto";
import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { quote } from "../../engine/shell";
import { Failure, Misuse } from "../failure";
import type { Pulumi } from "../pulumi";
import { suggestNearest } from "../slip";

/** A tool by which people talk to a datastore's server. */
export interface Tool {
  /** A command that only images of that datastore have. */
  command: string;
  /** Whether it needs the administrator's password: others let in who is in the container. */
  needsPassword: boolean;
  /** The content of the file with the password; the password alone when left out. */
  renderFile?: (password: string, words: string[]) => string;
  /** Shell commands that start it; `$file` has the password, and the words of the user are its arguments. */
  start: (store: string) => string;
}

const forget = 'rm -f "$file"';

const redis = (command: string): Tool => ({
  command,
  needsPassword: true,
  // The datastore's own name leads to the server that takes writes.
  start: (store) =>
    `REDISCLI_AUTH=$(cat "$file"); export REDISCLI_AUTH; ${forget}; exec ${command} --user administrator -h ${store} "$@"`,
});

/** All that are known, the more special one of two first. */
export const tools: Tool[] = [
  {
    command: "psql",
    needsPassword: false,
    start: () => 'exec psql -U "$POSTGRES_USER" -d "$POSTGRES_DB" "$@"',
  },
  {
    command: "mongosh",
    needsPassword: true,
    // The shell reads a script: on its command line, the password would be in the list of processes.
    renderFile: (password, words) =>
      [
        `db = connect("mongodb://administrator:${encodeURIComponent(password)}@127.0.0.1:27017/admin")`,
        'db = db.getSiblingDB(db.adminCommand({ listDatabases: 1 }).databases.map(({ name }) => name).find((name) => !["admin", "config", "local"].includes(name)) ?? "test")',
        ...words,
        "",
      ].join("\n"),
    // With words it ends after them.
    start: () =>
      `[ $# -eq 0 ] || { HOME=/tmp mongosh --quiet --norc --nodb --file "$file"; code=$?; ${forget}; exit $code; }; HOME=/tmp exec mongosh --quiet --norc --nodb --shell "$file"`,
  },
  redis("redis-cli"),
  redis("valkey-cli"),
  {
    command: "/opt/kafka/bin/kafka-topics.sh",
    needsPassword: false,
    start: (store) => `
settings=/etc/flotilla/kafka/administrator.properties
KAFKA_HEAP_OPTS=-Xmx128m; export KAFKA_HEAP_OPTS
ask() {
  tool=kafka-\${1#kafka-} tool=\${tool%.sh}; shift
  option=--command-config
  case $tool in *console-consumer) option=--consumer.config ;; *console-producer) option=--producer.config ;; esac
  "/opt/kafka/bin/$tool.sh" --bootstrap-server ${store}-1:9093 "$option" "$settings" "$@"
}
[ $# -eq 0 ] || { ask "$@"; exit; }
echo "Write what follows kafka-: topics --list, console-consumer --topic orders --from-beginning. exit ends it."
while printf '${store}> ' && read -r line; do
  set -- $line
  case \${1-} in
    "") ;;
    exit | quit) break ;;
    *) ask "$@" || true ;;
  esac
done`,
  },
];

/** The servers of datastores that words of a user name. */
export function chooseServer(parts: Part[], store: string): Part {
  const servers = parts.filter(({ role }) => role === "store");
  const known = [...new Set(servers.map((each) => each.store))];
  const own = servers.filter((each) => each.store === store);
  const [first] = own.filter(({ state }) => state === "running");
  if (first !== undefined) return first;
  if (own.length > 0)
    throw new Failure(
      `No server of ${store} runs: ${own.map(({ title, state }) => `${title} is ${state}`).join(", ")}.`,
    );
  throw new Misuse(
    known.length === 0
      ? "The stack has no datastore."
      : `The datastore must be one of ${known.join(", ")}, got ${store}.${suggestNearest(store, known)}`,
  );
}

/** Finds out which tool a server's image has. */
export async function findTool(engine: Engine, { id, title }: Part): Promise<Tool> {
  const names = tools.map(({ command }) => command).join(" ");
  const script = `for tool in ${names}; do if command -v "$tool" >/dev/null; then echo "$tool"; fi; done`;
  const { stdout } = await engine.inside(id, script);
  const found = stdout.split("\n");
  const tool = tools.find(({ command }) => found.includes(command));
  if (tool === undefined)
    throw new Failure(
      `The image of ${title} has none of ${tools.map(({ command }) => command.replace(/.*\//, "")).join(", ")}.`,
    );
  return tool;
}

interface StateResource {
  urn: string;
  type: string;
  outputs?: { stdout?: unknown };
}

/** The administrator's password, as the stack's state has it. */
export async function readPassword(pulumi: Pulumi, store: string): Promise<string> {
  const { ok, text } = await pulumi.print(["stack", "export"], "--show-secrets");
  const password = ok ? parsePassword(text, store) : undefined;
  if (password === undefined)
    throw new Failure(
      `The state of the stack ${pulumi.stack} does not tell the password of ${store}. Deploy the stack from here once, or look why Pulumi cannot read it.`,
    );
  return password;
}

/** Reads an exported state. */
export function parsePassword(text: string, store: string): string | undefined {
  const { deployment } = JSON.parse(text) as { deployment?: { resources?: StateResource[] } };
  const found = deployment?.resources?.find(
    ({ type, urn }) =>
      type === "command:local:Command" && urn.endsWith(`Datastore$${type}::${store}-passwords`),
  );
  const printed = readSecret(found?.outputs?.stdout);
  return printed === undefined
    ? undefined
    : (JSON.parse(printed) as { administrator?: string }).administrator;
}

/** A secret is its JSON in an object of its own. */
function readSecret(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  const plaintext = (value as { plaintext?: unknown } | null | undefined)?.plaintext;
  return typeof plaintext === "string" ? (JSON.parse(plaintext) as string) : undefined;
}

/** A file in the container's memory, which its own user alone may read. */
export function nameSecretFile(): string {
  return `/dev/shm/flotilla-${randomBytes(8).toString("hex")}`;
}

/** Shell script that writes it; it comes by standard input, which no list of processes shows. */
export function renderSecretFile(file: string, content: string): string {
  return `umask 077\nprintf %s ${quote(content)} >${file}`;
}

/** The command that starts the tool in the container. */
export function renderShell(tool: Tool, store: string, file: string, words: string[]): string[] {
  return ["sh", "-c", `file=${file}\n${tool.start(store)}`, "sh", ...words];
}
