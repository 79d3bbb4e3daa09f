/** A pool as the watch knows it. */
export interface WatchedUpstream {
  name: string;
  /** How each replica is asked; absent when nobody asks. */
  health?: { path: string; intervalSeconds: number; strikes: number };
  /** Seconds that requests wait for a replica; 0 for none. */
  holdSeconds: number;
  /** Whether any answer shows that it can answer, because its health is not told by the path that is asked. */
  takesAnyAnswer: boolean;
}

/** The configuration as the watch knows it. */
export interface WatchSettings {
  /** Name of the balancer. */
  name: string;
  /** Whether it shares its network with others, which count and keep answers by themselves. */
  sharesFront: boolean;
  upstreams: WatchedUpstream[];
  /** Routes by number: what users call them, and the upstream, empty for none. */
  routes: { title: string; upstream: string }[];
  /** Folders of kept answers, and what tells two answers of a folder apart. */
  caches: { folder: string; key: string }[];
}
