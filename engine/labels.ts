/** Parts of a stack by what they do. */
export type Role =
  | "replica"
  | "worker"
  | "balancer"
  | "store"
  | "store-companion"
  | "store-exporter"
  | "store-dump"
  | "store-backup"
  | "monitoring"
  | "certificates"
  // Of a swarm: who keeps the settings of balancers, and who reaches these.
  | "keeper"
  | "line"
  // Of volumes.
  | "data"
  | "staging"
  | "backups"
  | "lock";

/** They say whose a container, network or volume is, and what it does. */
export interface Labels {
  /** Project and stack, with a slash between them. */
  stack?: string;
  /** Name of the component. */
  service?: string;
  role?: Role;
  /** Name of a pool of replicas or workers. */
  pool?: string;
  /** Pool and number of a replica: what users call it. */
  replica?: string;
  /** Title of a balancer. */
  balancer?: string;
  /** Of one of several balancers that share a front: its number, and the network that the front is on. */
  number?: string;
  shares?: string;
  /** Name of a datastore. */
  store?: string;
  /** Engine of a datastore. */
  engine?: string;
  /** Title of a server of a datastore or of monitoring. */
  server?: string;
  /** Number of a datastore's servers. */
  servers?: string;
  /** Name of a network in its component. */
  network?: string;
  /** Of a replica or worker: how its pool is updated. */
  strategy?: string;
  /** Of a replica or worker whose command is not that of its image. */
  command?: "own";
  /** Name that replicas have for files that they share. */
  volume?: string;
  /** Of a lock: who locked when, and why. */
  by?: string;
  at?: string;
  why?: string;
  /** When it was made although a state may have known it, or was told to be made anew. */
  made?: string;
}

const prefix = "flotilla.";

/** Name of a label on the engine. */
export function labelName(name: keyof Labels): string {
  return `${prefix}${name}`;
}

/** Labels as the engine has them. */
export function toEngineLabels(labels: Labels): Record<string, string> {
  return Object.fromEntries(
    Object.entries(labels).map(([name, value]) => [`${prefix}${name}`, value as string]),
  );
}

/** Labels of Flotilla among all that the engine has of a thing. */
export function readLabels(labels: Record<string, string | undefined> | null): Labels {
  return Object.fromEntries(
    Object.entries(labels ?? {}).flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    ),
  );
}

/** The same as a list of the engine has them: one text. A value may hold a comma, but none of Flotilla's does. */
export function readListedLabels(text: string): Labels {
  return readLabels(
    Object.fromEntries(
      text.split(",").map((label) => {
        const at = label.indexOf("=");
        return [label.slice(0, at), label.slice(at + 1)];
      }),
    ),
  );
}

/** Arguments that ask for what has all these labels. */
export function labelFilters(labels: Labels): string[] {
  return Object.entries(toEngineLabels(labels)).map(([label, value]) => `--filter=label=${label}=${value}`);
}

/** A label in the format of a list. */
export function labelField(name: keyof Labels): string {
  return `{{.Label "${labelName(name)}"}}`;
}
