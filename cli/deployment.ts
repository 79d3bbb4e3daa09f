import { Failure } from "./failure";
import { parseTold } from "./operator/told";
import { nameOfUrn } from "./progress/engine-log";
import type { Pulumi } from "./pulumi";

/** A resource that Pulumi refuses to delete. */
export interface ProtectedResource {
  urn: string;
  /** Its name in the state. */
  name: string;
  /** Name of what it stands for on the engine. */
  stands: string | undefined;
}

/** Something that was generated once, and that the state alone knows. */
export interface KeptSecret {
  urn: string;
  /** Its name, for people. */
  name: string;
  /** Whether it reads backups, which no `down` removes. */
  isOfBackups: boolean;
}

/** The parts of a stack that a `down` has to know, as its state has them. */
export interface Deployment {
  guarded: ProtectedResource[];
  secrets: KeptSecret[];
  /** Number of replicas of each pool that has another one than its first. */
  replicas: Record<string, number>;
  /** Image of each pool that was told another one than its settings name. */
  images: Record<string, string>;
  /** URN of the stack itself, which has what it was told. */
  root: string | undefined;
  /** How many there are of what a `down` removes, by what they are. */
  removable: Record<string, number>;
}

interface StateResource {
  urn: string;
  type: string;
  protect?: boolean;
  retainOnDelete?: boolean;
  additionalSecretOutputs?: string[];
  inputs?: { name?: unknown };
  outputs?: Record<string, unknown>;
}

/** Asks Pulumi what a stack has. */
export async function findDeployment(pulumi: Pick<Pulumi, "stack" | "print">): Promise<Deployment> {
  const { ok, text } = await pulumi.print(["stack", "export"]);
  // Whoever took no answer for none would remove protected data.
  if (!ok)
    throw new Failure(
      `Pulumi does not say what of the stack ${pulumi.stack} is protected, for the reason above; nothing was touched.`,
    );
  return readDeployment(text);
}

/** Reads an exported state. */
export function readDeployment(state: string): Deployment {
  const { deployment } = JSON.parse(state) as { deployment?: { resources?: StateResource[] } };
  const resources = deployment?.resources ?? [];
  const root = resources.find(({ type }) => type === "pulumi:pulumi:Stack");
  const told = parseTold(root?.outputs ?? {});
  return {
    guarded: resources
      .filter(({ protect }) => protect === true)
      .map(({ urn, inputs }) => ({
        urn,
        name: nameOfUrn(urn),
        stands: typeof inputs?.name === "string" ? inputs.name : undefined,
      })),
    secrets: resources.filter(isSecret).map(({ urn }) => describeSecret(urn)),
    replicas: told.replicas,
    images: Object.fromEntries(Object.entries(told.images).map(([pool, { current }]) => [pool, current])),
    root: root?.urn,
    removable: countRemovable(resources),
  };
}

/** All that is generated is what a command printed, as a secret. */
function isSecret({ type, additionalSecretOutputs = [] }: StateResource): boolean {
  return type === "command:local:Command" && additionalSecretOutputs.includes("stdout");
}

/** How secrets are called, by the component that has them, and by the resource's name. */
const secretNames: [pattern: RegExp, describe: (name: string) => string, isOfBackups?: true][] = [
  [/Datastore\$command:local:Command::(.+)-backup-key$/, (store) => `the key of ${store}'s backups`, true],
  [/Datastore\$command:local:Command::(.+)-passwords$/, (store) => `passwords of ${store}`],
  [/Monitoring\$command:local:Command::(.+)-password$/, (name) => `password of ${name}`],
  [/LoadBalancedService\$command:local:Command::(.+)-certificate$/, (name) => `certificate of ${name}`],
  [/Secret\$command:local:Command::(.+)-secret$/, (name) => name],
  [/::command:local:Command::secret-(.+)$/, (name) => name],
];

function describeSecret(urn: string): KeptSecret {
  for (const [pattern, describe, isOfBackups = false] of secretNames) {
    const name = pattern.exec(urn)?.[1];
    if (name !== undefined) return { urn, name: describe(name), isOfBackups };
  }
  return { urn, name: nameOfUrn(urn), isOfBackups: false };
}

const removableTypes = [
  ["docker:index/container:Container", "container"],
  ["docker:index/network:Network", "network"],
  ["docker:index/volume:Volume", "volume without data"],
] as const;

function countRemovable(resources: StateResource[]): Record<string, number> {
  return Object.fromEntries(
    removableTypes.map(([type, title]) => [
      title,
      resources.filter((each) => each.type === type && each.retainOnDelete !== true && each.protect !== true)
        .length,
    ]),
  );
}
