// What components and scripts agree on: each function that a command calls, what it takes, and what it prints that a
// component reads.
import type { Probe } from "../nginx/model";
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
  line: {
    makeLine: { prints: string };
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

/** How a script finds a balancer: by what it is and where, since it may be replaced at any time. */
export interface BalancerPlace {
  /** Value of the label `flotilla.balancer`. */
  balancer: string;
  /** Name of the network that the balancer and its members share. */
  network: string;
}

/** A replica that is to go. */
export interface Leaving {
  /** Name of the container. */
  replica: string;
  /** Name that the user knows: pool and number. */
  title: string;
}

/** How long those that go have time. */
export interface Draining {
  /** Port they listen on. */
  port: number;
  /** Most seconds to wait. */
  drainSeconds: number;
  /** Seconds that streams may go on when there is nothing else. */
  streamSeconds: number;
}

/** An upstream whose replicas shall answer. */
export interface Probed {
  name: string;
  port: number;
  /** How long Nginx leaves out a replica that has failed before. */
  failSeconds: number;
  /** How long Nginx keeps an idle connection to a replica. */
  idleSeconds: number;
  /** How they are asked. */
  probe: Probe;
}

/** A replica that is to come. */
export interface Joining extends Gate {
  /** The upstream's line for this replica. */
  line: string;
}

/** Replicas on their way into or out of the balancer. */
export interface PoolTask extends BalancerPlace, Draining, Omit<Probed, "name"> {
  /** Name of the upstream. */
  upstream: string;
  replicas: Joining[];
  /** Most processes and threads of each. */
  processes: number;
  /** Whether they join by themselves as soon as they are healthy, instead of together with the others. */
  joinsAlone: boolean;
  /** Whether they are taken out of the balancer when they go, instead of before that. */
  leavesAlone: boolean;
}

/** Nginx's settings, but for the members. */
interface Settings {
  /** The whole of nginx.conf. */
  settings: string;
  /** Further files of the configuration: texts by path. */
  files: Record<string, string>;
  /** The same for those that nobody but Nginx may read. */
  secretFiles: Record<string, string>;
}

/** Where a certificate and its key are among the secret files. */
export interface GivenCertificate {
  certificate: string;
  key: string;
  hosts: string[];
}

/** A configuration to be checked before anything is touched. */
export interface SettingsTask extends Settings {
  /** Nginx image. */
  image: string;
  /** The certificates among the secret files, as far as they were given. */
  certificates: GivenCertificate[];
  /** Names of the upstreams. */
  upstreams: string[];
  /** The line of an upstream without members. */
  noMember: string;
  /** Addresses to be published, `address:port`; none for an internal balancer. */
  published: string[];
  /** Network of the balancer, by which it is told from another stack's. */
  network: string;
}

/** A folder of the project whose files Nginx serves. */
export interface StaticFolder {
  /** Path within the configuration. */
  path: string;
  /** Relative to the project's folder. */
  folder: string;
  /** Stands for the content. */
  hash: string;
  /** Seconds for which files that it has no more are served, for pages of before. */
  keepSeconds: number;
}

/** The replicas of one upstream. */
export interface PushedUpstream extends Probed, Draining {
  /** The upstream's lines, one for each replica. */
  lines: string[];
  /** The replicas, as gates that a restarted one passes again. */
  gates: Gate[];
}

/** The configuration that a balancer shall have. */
export interface PushTask extends Settings, BalancerPlace, CanaryTask {
  /** Folders of the project whose files Nginx serves. */
  folders: StaticFolder[];
  upstreams: PushedUpstream[];
  /** Names of the containers that share a front; absent where there is one balancer and no front. */
  sharing?: string[];
  /** Trouble that there was to put right when this was asked for. */
  trouble: string;
  /** Names of switched-off mechanisms; tests prove with them that the suites notice. */
  without: string[];
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
