import type { InsideOptions, Outcome } from "../engine/client";
import type { Labels } from "../engine/labels";
import type { BalancerPlace } from "./tasks";

/** What of a replica is known where it runs. */
export interface ReplicaState {
  status: string;
  health: string;
  exitCode: number;
  outOfMemory: boolean;
  restarts: number;
  /** What keeps it from being started for good, and what for now, in the engine's words. */
  reason?: string;
  waits?: string;
}

/** The rights of a replica, as the engine has them. */
export interface KnownRights {
  user: string;
  readOnly: boolean;
  drops: string[] | null;
  pids: number | null;
}

/** A part of a stack that is on a network with others. */
export interface Neighbour {
  name: string;
  /** Its state, in Docker's word. */
  state: string;
  labels: Labels;
}

/**
 * What an update needs of whatever runs the replicas and balancers: one engine, or a swarm of them. A replica and a balancer are
 * known by a name.
 */
export interface Fleet {
  /** The running balancers of a title: all that have settings of their own, or share them. */
  findBalancers(place: BalancerPlace): Promise<string[]>;
  /** Of running balancers those that have settings of their own, or stand for all that share them. */
  findOwners(balancers: string[]): string[];
  /** Waits for the balancers that are to have settings; gives one for all that share them. */
  awaitBalancers(place: BalancerPlace, sharing: string[] | undefined, around: Neighbour[]): Promise<string[]>;
  /** Runs a shell script in a balancer, to its first failure. */
  inside(balancer: string, script: string, options?: InsideOptions): Promise<Outcome>;
  /** Whether a balancer still runs. */
  isRunning(balancer: string): Promise<boolean>;
  /** All parts on a network, the newest first. */
  listAround(network: string): Promise<Neighbour[]>;
  /** Addresses of replicas on a network, by their names: empty for one that does not run. One that is gone has none. */
  findAddresses(network: string, replicas: string[]): Promise<Map<string, string>>;
  /** The states of replicas, by their names, but for those that are gone. */
  readStates(replicas: string[]): Promise<Map<string, ReplicaState>>;
  /** Limits the processes of replicas; gives why not, where that fails. */
  limitProcesses(processes: number, replicas: string[]): Promise<string | undefined>;
  /** The rights that a replica has; undefined where nobody but its own node could tell. */
  readRights(replica: string): Promise<KnownRights | undefined>;
  /** Runs a replica's own health check; undefined where only the engine itself does. */
  ask(replica: string): Promise<Outcome | undefined>;
  /** What a replica has logged last. */
  readLog(replica: string, lines: number): Promise<string>;
  /** The command that shows a replica's log. */
  adviseOnLog(replica: string): string;
  start(replica: string): Promise<void>;
  stop(replica: string, seconds: number): Promise<void>;
  remove(replica: string): Promise<void>;
  /** Commands that give settings a serial number, where balancers take the newest from each other. */
  renderSerial(): string;
  /** The lines that tell the last one. */
  tellSerial(): string[];
  /** Removes what a stack that goes has left, and waits until its networks are free; gives what it was. */
  removeLeft(networks: string[], own: Labels): Promise<string[]>;
}
