// Contracts of scripts about balancers and the replicas behind them.
import type { Probe } from "../nginx/model";
import type { CanaryTask } from "./canary-settings";
import type { Gate } from "./server-tasks";

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

/** Files of an application that pages of before find for a while after an update. */
export interface PoolAssets {
  /** Start of the paths at which clients ask for them. */
  path: string;
  /** Folder in the containers that has them. */
  folder: string;
  /** Seconds for which those of versions that are gone are kept. */
  keepSeconds: number;
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
  /** Files of which copies are kept; absent for none. */
  assets?: PoolAssets | undefined;
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

/** The rights of a container. */
export interface ContainerRights {
  /** Capabilities that it keeps, without `CAP_`. */
  capabilities: readonly string[];
  /** Folders in memory, by path: nothing else can be written to but volumes. */
  writable: Record<string, string>;
  /** Paths of volumes of its own. */
  volumes: string[];
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
  /** The rights of the balancer's container; absent where it has all that Docker gives. */
  rights?: ContainerRights;
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
  /** Files of which copies are kept; absent for none. */
  assets?: PoolAssets | undefined;
}

/** The configuration that a balancer shall have. */
export interface PushTask extends Settings, BalancerPlace, CanaryTask {
  /** Folders of the project whose files Nginx serves. */
  folders: StaticFolder[];
  upstreams: PushedUpstream[];
  /** Names of the containers that share a front; absent where there is one balancer and no front. */
  sharing?: string[];
  /** Most processes and threads of each balancer; absent where there may be any number. */
  processes?: number;
  /** Trouble that there was to put right when this was asked for. */
  trouble: string;
  /** Names of switched-off mechanisms; tests prove with them that the suites notice. */
  without: string[];
}
