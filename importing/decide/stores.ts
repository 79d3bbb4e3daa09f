import { DatastoreEngine, RedisEviction, RedisSync } from "../../components/datastore-types";
import { databaseName } from "../../components/arguments/schema-parts";
import { readVariables } from "../compose/variables";
import type { StoreSettings } from "../settings";
import { readMiB } from "../compose/units";
import { engineOf, findAccount } from "./accounts";
import { type Context, placeIn, type Unit } from "./context";
import { readAmounts } from "./resources";

/** How the data of the old server come into the new one. */
const copying: Record<DatastoreEngine, string> = {
  [DatastoreEngine.Redis]:
    "copy what must stay with `redis-cli --rdb` and a script of RESTORE, or let caches fill anew",
  [DatastoreEngine.Postgres]: "`pg_dump` from the old server, `psql` into the new one as the owner",
  [DatastoreEngine.Mongodb]:
    "`mongodump --archive` from the old server, `mongorestore --archive` into the new one",
  [DatastoreEngine.Kafka]:
    "copy topics with MirrorMaker, or let consumers come to the end of the old ones first",
};

/** How a pool names a datastore: the owner of PostgreSQL where nothing else makes its tables. */
export function storeReference(store: Unit, { list }: Context): string {
  if (engineOf(store) !== DatastoreEngine.Postgres) return store.name;
  const [{ name }] = store.services;
  // A job that has the database before the application is its migrations.
  const isMigrated = list.some(({ kind, services: [{ fields }] }) => {
    const isOf = Object.hasOwn(fields.depends_on, name) || JSON.stringify(fields.environment).includes(name);
    return kind.is === "job" && isOf;
  });
  return isMigrated ? store.name : `${store.name}.owner`;
}

/** A datastore in the place of a server of Compose. */
export function makeStore(unit: Unit, context: Context): void {
  const { kind } = unit;
  if (kind.is !== "store") return;
  const { engine, isOfficial } = kind;
  const { report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const { image } = fields;
  const settings: StoreSettings = {
    engine,
    ...(isOfficial && image !== undefined && /:\d/.test(image) ? { image } : {}),
    ...readAmounts(unit, report, `datastores.${unit.name}`),
  };
  context.settings.datastores[unit.name] = settings;
  const to = `datastores.${unit.name}`;
  report.take(placeOf(), name, to, [engine, settings.image].filter((each) => each !== undefined).join(" "));
  if (image !== undefined && isOfficial && settings.image === undefined)
    report.change(
      placeOf("image"),
      `${name}.image`,
      `names no version: the datastore has the one that Flotilla is tested with. Set datastores.${unit.name}.image for yours.`,
    );
  if (!isOfficial && image !== undefined)
    report.change(
      placeOf("image"),
      `${name}.image`,
      `the official image of ${engine} stands in for ${image}, which starts in a way of its own.`,
    );
  if (engine === DatastoreEngine.Redis) readRedis(unit, settings, context);
  if (engine === DatastoreEngine.Postgres) readPostgres(unit, settings, context);
  if (engine === DatastoreEngine.Mongodb) readMongodb(unit, settings, context);
  tellData(unit, context);
}

function tellData(unit: Unit, { report, project }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const engine = engineOf(unit) ?? DatastoreEngine.Redis;
  fields.volumes.forEach(({ source, target, type }, index) => {
    if (target?.startsWith("/docker-entrypoint-initdb.d") === true || target?.endsWith(".conf") === true)
      return;
    if (source === undefined || type === "tmpfs") return;
    const volume =
      type === "bind"
        ? "its folder"
        : `the volume ${project.fields.volumes[source]?.name ?? `${project.name}_${source}`}`;
    report.change(
      placeOf("volumes", index),
      `${name}.volumes`,
      `the data are in a new volume, as their users and passwords are Flotilla's; ${volume} stays as it is. To take them over: ${copying[engine]} (docs/from-compose.md#the-move).`,
    );
  });
  if (fields.ports.length > 0)
    report.change(
      placeOf("ports"),
      `${name}.ports`,
      "is not published: only pools that name it reach it. To look into it, run its client in its container with `docker exec`, or one beside it on its network.",
    );
}

const evictions: Record<string, RedisEviction> = {
  noeviction: RedisEviction.None,
  "allkeys-lru": RedisEviction.LeastRecentlyUsed,
  "volatile-lru": RedisEviction.LeastRecentlyUsedWithEnd,
  "allkeys-lfu": RedisEviction.LeastFrequentlyUsed,
};

function readRedis(unit: Unit, settings: StoreSettings, { report }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const words = (fields.command ?? []).flatMap((word) => (word.includes(" ") ? word.split(/\s+/) : [word]));
  const place = placeOf("command");
  const option = (key: string): string | undefined => {
    const at = words.indexOf(`--${key}`);
    return at === -1 ? undefined : words[at + 1];
  };
  const most = readMiB(option("maxmemory") ?? "");
  const policy = option("maxmemory-policy");
  const eviction = policy === undefined ? undefined : evictions[policy];
  const redis = {
    ...(most === undefined || most === 0 ? {} : { maxMemoryMiB: Math.max(1, Math.round(most)) }),
    ...(eviction === undefined ? {} : { eviction }),
    ...(option("appendfsync") === "everysec" ? { sync: RedisSync.EverySecond } : {}),
  };
  if (Object.keys(redis).length > 0) {
    settings.redis = redis;
    report.take(place, `${name}.command`, `datastores.${unit.name}.redis`, Object.keys(redis).join(", "));
  }
  if (policy !== undefined && eviction === undefined)
    report.leave(
      place,
      `${name}.command --maxmemory-policy ${policy}`,
      `there are ${Object.keys(evictions).join(", ")}. Set datastores.${unit.name}.redis.eviction to one of them.`,
    );
  if (option("requirepass") !== undefined)
    report.change(
      place,
      `${name}.command --requirepass`,
      "a password is always there; pools get it in their address.",
    );
  for (const option of ["appendonly", "save"])
    if (words.includes(`--${option}`))
      report.change(
        place,
        `${name}.command --${option}`,
        `the data are always on the disk, by a log of every write and by copies: datastores.${unit.name}.redis.sync says how often the log is written through.`,
      );
  const others = words.filter(
    (word) =>
      word.startsWith("--") &&
      !/^--(?:maxmemory|maxmemory-policy|appendfsync|appendonly|requirepass|save)$/.test(word),
  );
  if (others.length > 0)
    report.leave(
      place,
      `${name}.command ${others.join(" ")}`,
      "there is no setting for it. Look whether the application needs it.",
    );
  for (const [index, { target }] of fields.volumes.entries())
    if (target?.endsWith(".conf") === true)
      report.leave(
        placeOf("volumes", index),
        `${name}.volumes ${target}`,
        `a file of settings is not read: maxMemoryMiB, eviction and sync are in datastores.${unit.name}.redis.`,
      );
}

function readPostgres(unit: Unit, settings: StoreSettings, context: Context): void {
  const { report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const account = findAccount(unit, context);
  const postgres: NonNullable<StoreSettings["postgres"]> = {};
  if (account.database !== undefined && databaseName.safeParse(account.database).success)
    postgres.database = account.database;
  else if (account.database !== undefined)
    report.change(
      placeOf("environment"),
      `${name}.environment`,
      `the database is called app: ${account.database} is no name of lower-case letters, digits and underscores.`,
    );
  const words = fields.command ?? [];
  const most = /max_connections=(\d+)/.exec(words.join(" "))?.[1];
  if (most !== undefined) postgres.maxConnections = Number(most);
  if (words.some((word) => /=/.test(word) && !word.startsWith("max_connections")))
    report.leave(
      placeOf("command"),
      `${name}.command`,
      "of the server's settings there is maxConnections alone; the rest follows from limits.",
    );
  if (Object.keys(postgres).length > 0) {
    settings.postgres = postgres;
    report.take(
      placeOf("environment"),
      name,
      `datastores.${unit.name}.postgres`,
      Object.keys(postgres).join(", "),
    );
  }
  fields.volumes.forEach(({ target }, index) => {
    if (target?.startsWith("/docker-entrypoint-initdb.d") !== true) return;
    report.leave(
      placeOf("volumes", index),
      `${name}.volumes ${target}`,
      `first contents are loaded by hand: \`psql\` as the owner, whose address \`pulumi stack output stores --show-secrets\` shows.`,
    );
  });
}

function readMongodb(unit: Unit, settings: StoreSettings, context: Context): void {
  const { report } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const account = findAccount(unit, context);
  const mongodb: NonNullable<StoreSettings["mongodb"]> = {};
  const database = account.database ?? findMongoDatabase(unit, context);
  if (database !== undefined && databaseName.safeParse(database).success) mongodb.database = database;
  fields.volumes.forEach(({ source, target }, index) => {
    if (target?.startsWith("/docker-entrypoint-initdb.d") !== true) return;
    const path = source === undefined ? undefined : context.toProject(source);
    const place = placeOf("volumes", index);
    const what = `${name}.volumes ${target}`;
    if (path?.endsWith(".js") === true) {
      mongodb.seeds = [...(mongodb.seeds ?? []), path];
      report.take(place, what, `datastores.${unit.name}.mongodb.seeds`);
      report.change(
        place,
        what,
        "runs once, in the application's database, whose users Flotilla makes: take what makes users out of it.",
      );
    } else
      report.leave(
        place,
        what,
        `name its scripts in datastores.${unit.name}.mongodb.seeds, as files of the stack's folder.`,
      );
  });
  if (/--replSet/.test((fields.command ?? []).join(" ")))
    report.change(
      placeOf("command"),
      `${name}.command --replSet`,
      "one server has no transactions and no change streams; mongodb.servers: 3 is a replica set that has them.",
    );
  if (Object.keys(mongodb).length > 0) {
    settings.mongodb = mongodb;
    report.take(placeIn(unit), name, `datastores.${unit.name}.mongodb`, Object.keys(mongodb).join(", "));
  }
}

/** The database that an application's address names. */
function findMongoDatabase(unit: Unit, context: Context): string | undefined {
  for (const { services } of context.applications)
    for (const { value = "" } of readVariables(services[0], context.project, () => undefined).values()) {
      const [, host = "", database] = /^mongodb:\/\/(?:[^@/]*@)?([\w.-]+)(?::\d+)?\/(\w+)/.exec(value) ?? [];
      if (database !== undefined && context.findUnit(host) === unit) return database;
    }
  return undefined;
}
