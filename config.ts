import * as pulumi from "@pulumi/pulumi";
import {
  asRecord,
  describeProblems,
  hiddenValue,
  makeUnknownKeyProblem,
  type Problem,
} from "./components/arguments/problems";
import { nameBuild, nameBuilds, nameImage } from "./components/resources/images";
import { resolveReplicas, type ReplicaRange, type ReplicaState } from "./stack/replica-counts";
import { readArguments } from "./components/arguments/parse";
import { createRunError } from "./components/resources/run-error";
import { type Service, serviceSchema } from "./components/service/schema";
import type { LoadBalancedServiceArgs, PoolArgs } from "./components/types";
import {
  asWritten,
  isEncrypted,
  listKeys,
  settingKeys,
  settingsName,
  type Findings,
  type GeneratedSecret,
} from "./stack/findings";
import { findOneEngineParts } from "./stack/swarm";
import { applyOverrides } from "./stack/overrides";
import { type MonitoringSettings, readMonitoring } from "./stack/monitoring";
import { hideSecretSettings } from "./stack/secrecy";
import { readReplicaRange } from "./stack/replica-range";
import { hideKeys, readBalancer } from "./stack/balancer";
import { readPool, readRegistry, type PoolSources } from "./stack/pool";
import { resolveImages, type SettledImage, type ToldImage } from "./stack/told-images";
import { putMaintenance, resolveMaintenance, type ToldMaintenance } from "./stack/told-maintenance";
import { readDatastores, type StackStore, takeStores, type StoreUsers } from "./stack/stores";
import { imagesVariable, maintenanceVariable, replicasVariable, settingsVariable } from "./stack/variables";

/** A stack's configuration, with its files and secrets. */
export interface StackConfig {
  /** The service, without the secrets that are still to be generated. */
  service: LoadBalancedServiceArgs;
  /** Number and range of each pool's replicas, to be exported for the next deployment. */
  replicas: Record<string, ReplicaState>;
  /** Images that pools run instead of the settings' own, to be exported likewise. */
  images: Record<string, ToldImage>;
  /** Maintenance besides that of the settings, to be exported likewise. */
  maintenance: ToldMaintenance[];
  /** Secrets that pools list and the configuration does not set: one value each, for all of their pools. */
  generatedSecrets: GeneratedSecret[];
  /** The datastores, by name. */
  datastores: Record<string, StackStore>;
  /** Which pool uses which of them. */
  storeUsers: StoreUsers;
  /** The monitoring; undefined when there is none. */
  monitoring: MonitoringSettings | undefined;
}

/** Settings that are not the service's. */
const otherSettings = ["pools", "datastores", "monitoring"];

/** Settings whose text in the stack's file is not yet what the service takes. */
const readers: Record<string, ((value: unknown, sources: PoolSources) => unknown) | undefined> = {
  registry: readRegistry,
  balancer: readBalancer,
};

/** Outputs of the last deployment that this one goes on with. */
export interface PreviousOutputs {
  replicas?: unknown;
  images?: unknown;
  maintenance?: unknown;
}

/** The component of the stack. */
export const serviceName = "app";

/** Reads the stack's configuration. */
export function loadConfig(previous: PreviousOutputs = {}): StackConfig {
  const config = new pulumi.Config(settingsName);
  const findings: Findings = {
    problems: [],
    keys: new Set(settingKeys),
    generatedSecrets: new Map(),
    written: new Map(),
  };
  const sources = { config, folder: process.cwd(), findings };
  const { settings, problems: overrideProblems } = applyOverrides(
    new Map(settingKeys.map((key) => [key, readSetting(config, key, findings)])),
    process.env[settingsVariable],
    (key) => isEncrypted(config, key) === true,
  );

  const pools = settings.get("pools");
  const { datastores, references } = readDatastores(settings.get("datastores"), config, findings);
  const monitoring = readMonitoring(settings.get("monitoring"), config, findings);
  const storeUsers: StoreUsers = {};
  const given: Record<string, unknown> = {
    pools: readPools(pools, sources, references, storeUsers),
  };
  for (const [key, value] of settings) {
    if (otherSettings.includes(key) || value === undefined) continue;
    given[key] = readers[key]?.(value, sources) ?? value;
  }
  const ranges = readRanges(pools, findings);
  const replicas = resolveReplicas(ranges, previous.replicas, process.env[replicasVariable]);
  const maintenance = resolveMaintenance(pools, previous.maintenance, process.env[maintenanceVariable]);

  const service = putMaintenance(given, maintenance.states);
  const { args, value, problems: serviceProblems } = readArguments(serviceSchema, service);
  const settled = settleImages(value);
  const images = resolveImages(settled, previous.images, process.env[imagesVariable]);
  const problems = [
    ...findings.problems,
    ...overrideProblems,
    ...serviceProblems.map((problem) => asWritten(problem, findings)),
    ...replicas.problems,
    ...maintenance.problems,
    ...findOneEngineParts(settings),
    ...(value === undefined ? [] : images.problems),
    ...findUnknownKeys(config, findings),
    ...findMisplacedKeys(),
  ];
  if (args === undefined || problems.length > 0) {
    const shown = problems.flatMap(hideSecretSettings).map((problem) => hideEncrypted(config, problem));
    throw createRunError(describeProblems(`The configuration of stack ${pulumi.getStack()}`, shown));
  }
  return {
    service: completeService(args, replicas.states, images.states, findings),
    replicas: replicas.states,
    images: images.states,
    maintenance: maintenance.states,
    generatedSecrets: [...findings.generatedSecrets.values()],
    datastores,
    storeUsers,
    monitoring,
  };
}

function readSetting(config: pulumi.Config, key: string, { problems }: Findings): unknown {
  if (isEncrypted(config, key) === true) {
    problems.push({
      path: [key],
      value: hiddenValue,
      rule: "hold no encrypted value",
      remedy:
        "Run `pulumi config set --secret <name>`, and give the name in a pool's secrets or secretFiles, or as a registry's password.",
    });
  }
  try {
    return config.getObject<unknown>(key);
  } catch {
    // Pulumi's message would show the whole value; the check of the shape shows its start.
    return config.get(key);
  }
}

function hideEncrypted(config: pulumi.Config, problem: Problem): Problem {
  const [key] = problem.path;
  const isHidden = typeof key === "string" && isEncrypted(config, key) === true;
  return isHidden && problem.value !== undefined ? { ...problem, value: hiddenValue } : problem;
}

function readPools(
  pools: unknown,
  sources: PoolSources,
  references: string[],
  storeUsers: StoreUsers,
): unknown {
  const fields = asRecord(pools);
  if (fields === undefined) return pools;
  return Object.fromEntries(
    Object.entries(fields).map(([name, pool]) => {
      const poolFields = asRecord(pool);
      if (poolFields === undefined) return [name, pool];
      const taken = takeStores(name, poolFields, references, sources.findings);
      storeUsers[name] = taken.users;
      return [name, readPool(name, taken.fields, sources)];
    }),
  );
}

function readRanges(pools: unknown, { problems }: Findings): Record<string, ReplicaRange> {
  const ranges = Object.entries(asRecord(pools) ?? {}).map(([name, pool]): [string, ReplicaRange] => {
    const reading = readReplicaRange(["pools", name, "replicas"], asRecord(pool) ?? {});
    problems.push(...reading.problems);
    return [name, reading.range];
  });
  return Object.fromEntries(ranges);
}

/** The images that the settings name. */
function settleImages(service: Service | undefined): Record<string, SettledImage> {
  const pools = Object.entries(service?.pools ?? {});
  return Object.fromEntries(
    pools.map(([pool, { build, image = "" }]) => {
      if (build === undefined) return [pool, { name: () => image }];
      const name = nameImage(serviceName, pool);
      return [pool, { name: () => nameBuild(name, build), builds: nameBuilds(name) }];
    }),
  );
}

function findUnknownKeys(config: pulumi.Config, { keys }: Findings): Problem[] {
  return listKeys(config)
    .filter((key) => !keys.has(key))
    .map((key) => makeUnknownKeyProblem([config.name], key, [...keys]));
}

/** Settings under the project's name, which another program of the project may have for itself, would be read by nobody. */
function findMisplacedKeys(): Problem[] {
  const ofProject = new pulumi.Config();
  if (ofProject.name === settingsName) return [];
  return listKeys(ofProject)
    .filter((key) => settingKeys.includes(key))
    .map((key) => ({
      path: [ofProject.name],
      value: key,
      isKey: true,
      rule: "have no settings of Flotilla",
      remedy: `Write it as ${settingsName}:${key}, whatever the project is called.`,
    }));
}

function completeService(
  service: LoadBalancedServiceArgs,
  replicas: Record<string, ReplicaState>,
  images: Record<string, ToldImage>,
  { generatedSecrets }: Findings,
): LoadBalancedServiceArgs {
  const pools = Object.entries(service.pools).map(([name, pool]): [string, PoolArgs] => {
    const secrets = Object.entries(pool.secrets ?? {}).filter(([secret]) => !generatedSecrets.has(secret));
    const told = images[name]?.current;
    return [
      name,
      {
        ...pool,
        ...(told === undefined ? {} : { build: undefined, image: told }),
        ...{ replicas: replicas[name]?.current, secrets: pool.secrets && Object.fromEntries(secrets) },
      },
    ];
  });
  return {
    ...service,
    pools: Object.fromEntries(pools),
    balancer: service.balancer && hideKeys(service.balancer),
  };
}
