import { DatastoreEngine } from "../../components/datastore-types";
import { readVariables, type Variable } from "../compose/variables";
import { describePlace } from "../place";
import type { PoolSettings } from "../settings";
import type { Context, Unit } from "./context";
import { nameSecret } from "./mounts";
import { isSecret } from "./secrecy";
import { findAccount, nameStoreUser } from "./accounts";
import { storeReference } from "./stores";

type Parts = Required<Pick<PoolSettings, "env" | "secrets" | "stores">>;

const address = /^([a-z][a-z0-9+.-]*):\/\/(?:[^@/\s]*@)?([\w.-]+)(?::\d+)?(?:\/([^?\s]*))?(?:\?(\S*))?$/i;
const hostKeys = /HOST|ADDR|SERVER|BROKER|URL|URI|ENDPOINT|NODE|BOOTSTRAP|DB$|DATABASE$/i;

/** The variables of a pool: plain ones, names of secrets, and datastores by the variable that gets their address. */
export function readEnvironment(unit: Unit, context: Context): Parts {
  const { report, project } = context;
  const [service] = unit.services;
  const parts: Parts = { env: {}, secrets: [], stores: {} };
  const variables = readVariables(service, project, (path, place) => {
    report.leave(
      place,
      `${service.name}.env_file`,
      `${describePlace(project.folder, { file: path, line: 1 })} is not there. Create it and import again, or write its variables in env.`,
    );
  });
  for (const [name, variable] of variables) readVariable(name, variable, { unit, context, parts });
  joinStores({ unit, context, parts });
  const place = service.placeOf(service.fields.env_file.length > 0 ? "env_file" : "environment");
  const to = `pools.${unit.name}`;
  if (Object.keys(parts.env).length > 0) report.take(place, `${service.name}.environment`, `${to}.env`);
  if (parts.secrets.length > 0)
    report.take(place, `${service.name}.environment`, `${to}.secrets`, parts.secrets.join(", "));
  return parts;
}

interface Into {
  unit: Unit;
  context: Context;
  parts: Parts;
}

function readVariable(name: string, { value, place }: Variable, { unit, context, parts }: Into): void {
  const { report, project } = context;
  const what = `${unit.services[0].name}.environment.${name}`;
  if (name === "INSTANCE_ID") {
    report.change(place, what, "is set by Flotilla: the pool's name and the replica's number.");
    return;
  }
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    report.leave(
      place,
      what,
      "names of variables have letters, digits and underscores here. Give it another name, in the application too.",
    );
    return;
  }
  const found = value === undefined ? undefined : address.exec(value);
  const target = found?.[2] === undefined ? undefined : context.findUnit(found[2]);
  if (found != null && target?.kind.is === "store") {
    const { engine } = target.kind;
    unit.reaches.add(target);
    parts.stores[name] = storeReference(target, context);
    report.take(place, what, `pools.${unit.name}.stores`, target.name);
    for (const lost of findLost(found, engine)) report.change(place, what, lost);
    return;
  }
  if (isSecret(name, value) && value !== "") {
    parts.secrets.push(name);
    const from =
      value === undefined
        ? `from the environment, for ${describePlace(project.folder, place)}`
        : `the value at ${describePlace(project.folder, place)}`;
    report.needSecret(name, from, false);
    return;
  }
  if (value === undefined) {
    report.leave(
      place,
      what,
      `its value comes from an environment that does not have it here. Set pools.${unit.name}.env.${name}, or leave it out.`,
    );
    return;
  }
  parts.env[name] = rewrite(name, value, place, { unit, context, parts });
}

/** Parts of Compose's address that Flotilla's has not. */
function findLost(
  [, scheme = "", , path = "", query = ""]: RegExpExecArray,
  engine: DatastoreEngine,
): string[] {
  const lost: string[] = [];
  if (scheme.includes("+"))
    lost.push(
      `the address that it gets starts with ${scheme.replace(/\+.*/, "")}://, without +${scheme.replace(/^[^+]*\+/, "")}. Let the application add it.`,
    );
  if (engine === DatastoreEngine.Redis && /^[1-9]/.test(path))
    lost.push(
      `database ${path} becomes database 0, as all are one address. Give keys of different uses a prefix, or make a datastore of its own for it.`,
    );
  if (engine === DatastoreEngine.Postgres && query !== "")
    lost.push(`?${query} is not in the address that it gets. Let the application add it.`);
  if (engine === DatastoreEngine.Kafka)
    lost.push(
      "the address has a user and a password, and takes several servers: docs/kafka.md says how to take it apart.",
    );
  return lost;
}

/** A plain value with the hosts in it as they are called now. */
function rewrite(name: string, value: string, place: Variable["place"], { unit, context }: Into): string {
  const { report } = context;
  let changed = value;
  for (const [address, other] of context.inner) {
    if (!changed.includes(address)) continue;
    changed = changed.replaceAll(address, `${other.name}:${other.port ?? 80}`);
    unit.reaches.add(other);
  }
  for (const other of context.list) {
    for (const host of context.hostsOf(other)) {
      const isWhole = value === host;
      if (isWhole && !hostKeys.test(name)) continue;
      const pattern = new RegExp(`(^|//|@|[,;\\s])${host.replaceAll(".", "\\.")}(?=:\\d|/|$|[,;\\s])`, "g");
      if (!pattern.test(value) || other === unit) continue;
      unit.reaches.add(other);
      const isKafka = other.kind.is === "store" && other.kind.engine === DatastoreEngine.Kafka;
      const to = isKafka ? `${other.name}-1` : other.kind.is === "kept" ? host : other.name;
      changed = changed.replaceAll(pattern, `$1${to}`);
      if (isKafka) changed = changed.replaceAll(new RegExp(`(${to}):\\d+`, "g"), "$1:9092");
    }
  }
  if (changed !== value)
    report.change(
      place,
      `${unit.services[0].name}.environment.${name}`,
      `is ${changed}, as it is called here.`,
    );
  return changed;
}

/** Datastores that the pool reaches without an address of its own: by host, user and password apart, or by its settings. */
function joinStores({ unit, context, parts }: Into): void {
  const { report } = context;
  const [service] = unit.services;
  for (const name of Object.keys(service.fields.depends_on)) {
    const other = context.findUnit(name);
    if (other !== undefined) unit.reaches.add(other);
  }
  const named = new Set(Object.values(parts.stores).map((reference) => reference.split(".")[0]));
  for (const store of unit.reaches) {
    if (store.kind.is !== "store" || named.has(store.name)) continue;
    const variable = `${store.name.toUpperCase().replaceAll("-", "_")}_URL`;
    if (Object.hasOwn(parts.env, variable)) continue;
    parts.stores[variable] = storeReference(store, context);
    const place = service.placeOf("environment");
    const user = nameStoreUser(store);
    const renamed = takeParts(store, { unit, context, parts }, user);
    report.change(
      place,
      `${service.name} and ${store.services[0].name}`,
      `the pool gets the address with user and password in ${variable}, and joins the network. ${
        renamed.length > 0
          ? `Where the application takes them apart, ${renamed.join(", ")} hold what the address says.`
          : `The user is ${user}, and there is always a password: let the application read ${variable}.`
      }`,
    );
  }
}

/** Gives variables that name a datastore's user, password and database what these are now; gives their names. */
function takeParts(store: Unit, { unit, context, parts }: Into, user: string): string[] {
  const account = findAccount(store, context);
  const taken: string[] = [];
  for (const [name, value] of Object.entries(parts.env))
    if (/USER(?:NAME)?$/i.test(name) && account.user !== undefined && value === account.user) {
      parts.env[name] = user;
      taken.push(`${name} (${user})`);
    }
  const variables = readVariables(unit.services[0], context.project, () => undefined);
  const settings = context.settings.datastores[store.name];
  const shared = store.services[0].fields.secrets.find(
    ({ source }) =>
      /pass/i.test(source) && unit.services[0].fields.secrets.some((each) => each.source === source),
  );
  if (shared !== undefined && settings !== undefined) {
    settings.password ??= nameSecret(shared.source);
    taken.push(`the secret ${shared.source}`);
  }
  for (const name of parts.secrets) {
    const isSame = account.password !== undefined && variables.get(name)?.value === account.password;
    const isFrom =
      account.variable !== undefined &&
      unit.services[0].unsetIn("environment", name).includes(account.variable);
    if (!isSame && !isFrom) continue;
    if (settings === undefined || (settings.password ?? name) !== name) continue;
    settings.password = name;
    context.report.needSecret(name, "", true);
    taken.push(name);
  }
  return taken;
}
