// What components and scripts agree on: each function that a command calls, what it takes, and what it prints that a
// component reads.
import type { PoolTask, PushTask, SettingsTask } from "./balancer-tasks";
import type { CanaryTask } from "./canary-settings";
import type { Json } from "./json";
import type {
  Gate,
  GrafanaTask,
  Password,
  Passwords,
  ServerScripts,
  ServerTask,
  StoreTask,
  TargetsTask,
  VersionedSecret,
} from "./server-tasks";

export type * from "./balancer-tasks";
export type * from "./server-tasks";

/** The functions of each script, which is a file of this folder. */
export interface Scripts {
  acme: {
    awaitCertificate: { task: AcmeTask };
  };
  certificate: {
    makeCertificate: { task: CertificateTask; prints: string };
  };
  image: {
    provideImage: { task: ImageTask; environment: { FLOTILLA_CREDENTIALS?: Json<Credentials[]> } };
  };
  leftovers: {
    nothing: { task: LeftoversTask };
    removeLeftovers: { task: LeftoversTask };
    rememberNetworks: { task: NetworksTask; prints: Json<string[]> };
  };
  monitoring: {
    writeTargets: { input: TargetsTask };
    openGrafana: { input: GrafanaTask };
  };
  password: {
    makePassword: { environment: { FLOTILLA_PASSWORD?: string }; prints: Json<Password> };
  };
  pool: {
    join: { input: PoolTask };
    leave: { input: PoolTask };
  };
  push: {
    push: { task: CanaryTask; input: Omit<PushTask, "canaries"> };
  };
  secret: {
    generateSecret: { prints: string };
    makeSecret: {
      environment: { FLOTILLA_VERSION: string; FLOTILLA_SECRET?: string };
      prints: Json<VersionedSecret>;
    };
  };
  settings: {
    checkSettings: { input: SettingsTask };
  };
  store: {
    openStore: { input: StoreTask };
    awaitServer: { task: ServerTask; input: ServerScripts };
    leaveStore: { task: Pick<Gate, "replica" | "title">; input: Pick<ServerScripts, "leave"> };
    makePasswords: {
      environment: { FLOTILLA_VERSION: string; FLOTILLA_PASSWORD?: string };
      prints: Json<Passwords>;
    };
  };
  worker: {
    prove: { task: Gate; prints: string };
    sweep: { task: SweepTask; prints: Json<Swept> };
  };
  volume: {
    giveToWriters: { task: VolumeTask };
  };
}

export type ScriptName = keyof Scripts;

/** Names of the functions of a script. */
export type FunctionName<Script extends ScriptName> = keyof Scripts[Script] & string;

/** Who asks an authority for a certificate. */
export interface AcmeTask {
  /** Name of the container. */
  container: string;
  /** File in it that says what came of it: `good` or `bad`, and a text. */
  outcome: string;
}

/** A certificate that stands in for a real one. */
export interface CertificateTask {
  name: string;
  hosts: string[];
}

/** An image to be had on the engine. */
export interface ImageTask {
  /** Reference, as configured. */
  reference: string;
  /** `repo@sha256:…` to pull when the engine does not have it; absent for what no registry could tell of. */
  pull?: string | undefined;
  /** How to build it; then the reference carries the content's hash. */
  build?: {
    context: string;
    dockerfile: string;
    target?: string;
    args: Record<string, string>;
    noCache?: true;
  };
  /** Value of the label that groups the versions of a pool's image. */
  group: string;
  /** Built versions that are kept. */
  keep: number;
}

/** Credentials of a registry. */
export interface Credentials {
  address: string;
  username: string;
  password: string;
}

/** Networks of a component. */
export interface NetworksTask {
  networks: string[];
}

/** A component that goes. */
export interface LeftoversTask extends NetworksTask {
  /** Values of the labels of its containers. */
  stack: string;
  service: string;
}

/** Workers of a pool, beside which there shall be no others. */
export interface SweepTask {
  /** Network of the pool. */
  network: string;
  /** Names of the containers. */
  replicas: string[];
  /** Seconds between SIGTERM and SIGKILL for one that is left over. */
  stopSeconds: number;
  /** Another one for each time that some may be left over. */
  reminder: string;
}

/** The workers of a pool after a sweep. */
export interface Swept {
  /** Names of the containers that a deployment knows. */
  replicas: string[];
  /** Names of those that were left over. */
  removed: string[];
}

/** A pool that writes to a volume. */
export interface Writer {
  pool: string;
  /** Id of its image. */
  image: string;
  /** Where the volume is in its containers. */
  path: string;
  /** User that it runs as, when it is not the image's. */
  user?: string | undefined;
}

/** A volume that shall belong to those who write to it. */
export interface VolumeTask {
  title: string;
  /** Name of the volume. */
  volume: string;
  writers: Writer[];
}
