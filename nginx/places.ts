/** Where the balancer's parts meet, in its container. */
export const places = {
  /** The configuration that Nginx uses. */
  live: "/etc/flotilla/live",
  /** When a deployment gave the balancer its configuration. */
  deployed: "/etc/flotilla/live/deployed",
  /** When its certificates expire. */
  expiries: "/etc/flotilla/live/expiries",
  /** The new replicas that an update compares with old ones; while none does, there is no such file. */
  canary: "/etc/flotilla/live/canary",
  /** Folder that Nginx's workers may write to; it outlives the container. */
  watch: "/etc/flotilla/watch",
  /** The replicas that are to get no request, in one line. */
  out: "/etc/flotilla/watch/out",
  /** Start of the names of files that say until when an operator holds the requests of a pool; in memory, so that none outlives a restart. */
  held: "/dev/shm/flotilla-held-",
  /** Is there from when a balancer on a node of its own is told to end. */
  ends: "/run/flotilla-ends",
  /** Two logs of requests to be counted; while one is written, the other is emptied. In memory, so no disk is worn. */
  logs: ["/dev/shm/flotilla-requests-0", "/dev/shm/flotilla-requests-1"],
} as const;

/** Most seconds for which an operator can hold requests. */
export const mostHeldSeconds = 300;

/** Seconds after which the requests are written to the other log. */
export const logSeconds = 10;

/** Port of the balancer for Prometheus; not published. */
export const metricsPort = 8102;

/** The meeting place of the balancer and of who asks an authority for its certificate. */
export const acmePlaces = {
  /** The volume of the configuration, in both containers. */
  volume: "/etc/flotilla",
  /** The folder in which the one writes what the other takes; it can write nowhere else there. */
  folder: "/etc/flotilla/acme",
  /** Files that show an authority that a host is ours. */
  challenges: "/etc/flotilla/acme/webroot",
  /** User and group of who asks, which nobody else is. */
  user: "65534:65534",
} as const;
