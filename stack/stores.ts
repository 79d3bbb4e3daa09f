import * as pulumi from "@pulumi/pulumi";
import { Datastore, type DatastoreArgs, type LoadBalancedServiceArgs } from "../components";
import { asRecord, suggest } from "../components/arguments/problems";
import { replaceSecrets } from "../components/arguments/secrecy";
import { datastoreSchema, readDatastore, type StoreModelOf } from "../components/datastore/schema";
import { listAddresses } from "../components/datastore/recipes";
import { type Findings, makeRegistryProblem, readNamedSecret } from "./findings";

/** Which pool uses which datastore: references by variable, by pool. A reference is a name, or a name and an address. */
export type StoreUsers = Record<string, Record<string, string>>;

/** The stack whose data are protected, and backed up before a deployment, unless it says otherwise. */
const protectedStack = "prod";

/** A datastore of the stack's file. */
export interface StackStore {
  /** As `Datastore` takes it. */
  args: DatastoreArgs;
  /** The same with everything filled in. */
  model: StoreModelOf;
}

/** The datastores of the stack's file. */
export interface StackStores {
  datastores: Record<string, StackStore>;
  /** Names that pools may refer to: each datastore, and each of its further addresses as `store.address`. */
  references: string[];
}

/** Reads the datastores, with passwords by name. */
export function readDatastores(value: unknown, config: pulumi.Config, findings: Findings): StackStores {
  const found: StackStores = { datastores: {}, references: [] };
  if (value === undefined) return found;
  const described = asRecord(value);
  if (described === undefined) {
    findings.problems.push({ path: ["datastores"], value, rule: "be an object of datastores by name" });
    return found;
  }
  for (const [name, store] of Object.entries(described)) {
    const reading = readDatastore(name, readStore(name, store, config, findings));
    const { value: model, args, problems } = reading;
    findings.problems.push(
      ...problems.map((problem) => ({
        ...problem,
        path: ["datastores", name, ...problem.path.filter((part) => part !== "name")],
      })),
    );
    found.references.push(name);
    // A wrong one has no addresses yet.
    if (model === undefined) continue;
    found.datastores[name] = { args, model };
    found.references.push(...listAddresses(name, model).map((address) => `${name}.${address}`));
  }
  return found;
}

/** A datastore as `Datastore` takes it, whatever its shape; a stack that is called prod has its data protected. */
function readStore(name: string, store: unknown, config: pulumi.Config, findings: Findings): unknown {
  const given = asRecord(store);
  if (given === undefined) return store;
  const { registry, ...fields } = given;
  const at = ["datastores", name];
  if (registry !== undefined) findings.problems.push(makeRegistryProblem(at, registry));
  const isProtected = pulumi.getStack() === protectedStack;
  const backup = asRecord(fields.backup);
  const settings = {
    protect: isProtected,
    ...fields,
    ...(backup === undefined ? {} : { backup: { beforeDeployment: isProtected, ...backup } }),
  };
  return replaceSecrets(datastoreSchema, settings, (secret, path) => {
    const value = readNamedSecret(config, secret, [...at, ...path], findings);
    // What is missing is reported already, so the check of the shape gets a stand-in.
    return value ?? pulumi.output("");
  });
}

/** Takes the references to datastores out of a pool, whose connections exist only when the program runs. */
export function takeStores(
  pool: string,
  fields: Record<string, unknown>,
  known: string[],
  { problems }: Findings,
): { fields: Record<string, unknown>; users: Record<string, string> } {
  const { stores, ...rest } = fields;
  if (stores === undefined) return { fields, users: {} };
  const path = ["pools", pool, "stores"];
  const named = asRecord(stores);
  if (named === undefined) {
    problems.push({
      path,
      value: stores,
      rule: "be an object of datastores by variable",
      remedy: "Write it like { REDIS_URL: cache }.",
    });
    return { fields: rest, users: {} };
  }
  const users: Record<string, string> = {};
  for (const [variable, store] of Object.entries(named)) {
    if (typeof store === "string" && known.includes(store)) {
      users[variable] = store;
      continue;
    }
    const remedy = typeof store === "string" ? suggest(store, known, "datastores") : "Name it.";
    problems.push({ path: [...path, variable], value: store, rule: "name a datastore", remedy });
  }
  return { fields: rest, users };
}

/** Makes the datastores, and gives the pools that use them their connections. */
export function connectStores(
  service: LoadBalancedServiceArgs,
  datastores: Record<string, StackStore>,
  users: StoreUsers,
  options: pulumi.ComponentResourceOptions,
): { service: LoadBalancedServiceArgs; stores: Record<string, Datastore> } {
  const { registry } = service;
  const stores = Object.fromEntries(
    Object.entries(datastores).map(([name, { args }]) => [
      name,
      new Datastore(name, { registry, ...args }, options),
    ]),
  );
  const pools = Object.entries(service.pools).map(([name, pool]) => {
    const connections = Object.entries(users[name] ?? {}).flatMap(([variable, reference]) => {
      const [store = "", address] = reference.split(".");
      const found = address === undefined ? stores[store]?.connection : stores[store]?.connections[address];
      return found === undefined ? [] : [[variable, found] as const];
    });
    return [
      name,
      connections.length === 0 ? pool : { ...pool, stores: Object.fromEntries(connections) },
    ] as const;
  });
  return { service: { ...service, pools: Object.fromEntries(pools) }, stores };
}

/** Outputs of the program for the datastores: where they are; addresses are secrets. */
export function exportStores(
  stores: Record<string, Datastore>,
): Record<string, Record<string, pulumi.Output<unknown>>> {
  return Object.fromEntries(
    Object.entries(stores).map(([name, { url, connection, containers, volumes, targets, backupKey }]) => [
      name,
      {
        url,
        // The connection is a secret as a whole, because the address is a part of it.
        network: pulumi.unsecret(connection.network),
        containers,
        volumes,
        targets,
        ...(backupKey === undefined ? {} : { backupKey }),
      },
    ]),
  );
}
