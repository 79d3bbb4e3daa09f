/** A resource as a preview knows it; what it does not know is left out. */
export interface Checked {
  type: string;
  name: string;
  props: Record<string, unknown>;
  /** Whether the environment is encrypted as a whole. */
  hasSecretEnvironment: boolean;
}

/** A rule for every resource by itself. */
export interface Rule {
  name: string;
  description: string;
  /** Finds what is wrong with a resource, each with its remedy. */
  check: (resource: Checked) => string[];
}

interface Port {
  external?: number;
  internal?: number;
  ip?: string;
}

const containerType = "docker:index/container:Container";
const commandType = "command:local:Command";

/** Addresses that only the engine's own machine reaches. */
const ownAddresses = ["127.0.0.1", "::1"];

const publishedPorts = forContainers(
  "published-ports",
  "Only a balancer publishes ports; the monitoring may on the engine's own machine.",
  ({ props }, role) => {
    const ports = asList<Port>(props.ports);
    const isAllowed = ({ ip = "" }: Port) =>
      role === "balancer" || (role === "monitoring" && ownAddresses.includes(ip));
    return [
      ...ports
        .filter((port) => !isAllowed(port))
        .map(
          ({ internal, external }) =>
            `Port ${internal ?? "?"} is published${external === undefined ? "" : ` as ${external}`}. Put a balancer in front instead.`,
        ),
      ...(props.publishAllPorts === true
        ? ["All ports are published. Put a balancer in front instead."]
        : []),
    ];
  },
);

const limits = forContainers("limits", "Every container has a memory limit.", ({ props }) =>
  typeof props.memory === "number" && props.memory > 0
    ? []
    : [
        "There is no memory limit, so that this container can take the memory of all others. Set limits.memoryMiB.",
      ],
);

const pinnedImages: Rule = {
  name: "pinned-images",
  description: "Every image has a tag other than latest, or a digest.",
  check: ({ type, name, props }) => {
    const reference =
      type === containerType
        ? props.image
        : type === commandType && name.endsWith("-image")
          ? asList(props.triggers)[0]
          : undefined;
    if (typeof reference !== "string" || reference === "" || isPinned(reference)) return [];
    return [`The image ${reference} may be another one tomorrow. Give it a tag with a version, or a digest.`];
  },
};

const plainSecrets = forContainers(
  "plain-secrets",
  "No secret is a plain variable of the environment.",
  ({ props, hasSecretEnvironment }) =>
    hasSecretEnvironment
      ? []
      : asList<unknown>(props.envs)
          .filter((each) => typeof each === "string" && looksSecret(each))
          .map(
            (each) =>
              `The variable ${String(each).replace(/=.*$/s, "")} looks like a secret, and is plain in the state. Move it to the pool's secrets.`,
          ),
);

const privileges = forContainers(
  "privileges",
  "No container is privileged or shares the host's namespaces.",
  ({ props }) => [
    ...(props.privileged === true ? ["The container is privileged: it can do everything on the host."] : []),
    ...["networkMode", "pidMode", "ipcMode", "usernsMode"]
      .filter((mode) => props[mode] === "host")
      .map((mode) => `${mode} is host: the container is not apart from the host.`),
  ],
);

/** Capabilities by which a container is as good as root on the host, or on its networks. */
const mighty =
  /^(?:CAP_)?(?:ALL|BPF|DAC_READ_SEARCH|MAC_ADMIN|MAC_OVERRIDE|MKNOD|NET_ADMIN|NET_RAW|PERFMON|SYS_(?:ADMIN|BOOT|MODULE|PTRACE|RAWIO|TIME)|SYSLOG)$/;

const capabilities = forContainers(
  "capabilities",
  "Every container gives up what Docker lets containers do, but for what it needs.",
  ({ props }, role) => {
    // The one in front has those of its image.
    if (role === "balancer") return [];
    const { drops, adds } = (props.capabilities ?? {}) as { drops?: string[]; adds?: string[] };
    const dropped = asList<string>(drops).map((name) => name.replace(/^CAP_/, ""));
    return [
      ...(dropped.includes("ALL") || (dropped.includes("NET_RAW") && dropped.includes("MKNOD"))
        ? []
        : [
            "The container has all capabilities that Docker gives when nothing is said, such as NET_RAW, by which it can pretend to be its neighbours. Drop ALL, and add what it needs.",
          ]),
      ...asList<string>(adds)
        .filter((name) => mighty.test(name))
        .map((name) => `The capability ${name} makes the container as good as root on the host. Remove it.`),
    ];
  },
);

const newPrivileges = forContainers(
  "new-privileges",
  "No program in a container gains rights, and what the engine forbids all of them stays forbidden.",
  ({ props }, role) => {
    const options = asList<string>(props.securityOpts);
    const isKept = options.some((option) => /^no-new-privileges(?:[:=]true)?$/.test(option));
    return [
      ...(isKept || role === "balancer"
        ? []
        : [
            "Programs with the setuid bit can gain rights, as Docker allows when nothing is said. Set no-new-privileges: with Flotilla, remove security.gainsRights.",
          ]),
      ...options
        .filter((option) => /[:=](?:unconfined|disable)$/.test(option))
        .map((option) => `${option} takes away what keeps containers from the host's kernel. Remove it.`),
    ];
  },
);

/** Folders of the host that have the sockets of engines in them, or are the host itself. */
const hostItself = /^\/(?:|(?:var\/)?run|var|etc|root|boot|dev|proc|sys|var\/lib(?:\/docker)?)\/?$/;
const sockets = /(?:^|\/)(?:docker|containerd|podman)\.sock$/;

const engineSocket = forContainers(
  "engine-socket",
  "No container has the engine's socket, nor a folder of the host that it is in.",
  ({ props }, role) => {
    const hidden = Object.keys(props.tmpfs ?? {});
    // The exporter of the host sees its file systems, but nothing that listens there.
    const isHidden = ({ readOnly, containerPath }: Record<string, unknown>): boolean =>
      role === "monitoring" && readOnly === true && hidden.includes(`${String(containerPath)}/run`);
    return [
      ...asList<Record<string, unknown>>(props.volumes),
      ...asList<Record<string, unknown>>(props.mounts),
    ]
      .filter((mount) => !isHidden(mount))
      .flatMap(({ hostPath, source }) => [hostPath, source])
      .filter((path) => typeof path === "string" && (sockets.test(path) || hostItself.test(path)))
      .map((path) => `${String(path)} is mounted: whoever has it is root on the host.`);
  },
);

const healthChecks = forContainers(
  "health-checks",
  "Every container says whether it is healthy.",
  ({ props }) => {
    const [first] = asList<string>((props.healthcheck as { tests?: string[] } | undefined)?.tests);
    return first === undefined || first === "NONE"
      ? ["There is no health check, so that nobody notices when it hangs. Set healthCheck."]
      : [];
  },
);

/** All rules for a resource by itself. */
export const rules: Rule[] = [
  publishedPorts,
  limits,
  pinnedImages,
  plainSecrets,
  privileges,
  capabilities,
  newPrivileges,
  engineSocket,
  healthChecks,
];

/** Fewest replicas of a pool in a stack that people depend on. */
export const leastReplicas = 2;
const importantStack = /(?:^|[/-])prod(?:uction)?$/;

/** Finds what is wrong with the number of replicas of a stack, by pool. */
export function checkReplicas(resources: Pick<Checked, "type" | "props">[]): string[] {
  const counts = new Map<string, number>();
  for (const { type, props } of resources) {
    const { stack = "", service = "", pool, role } = labelsOf(props);
    if (type !== containerType || role !== "replica" || !importantStack.test(stack)) continue;
    const key = `${service}/${pool ?? ""}`;
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts]
    .filter(([, count]) => count < leastReplicas)
    .map(
      ([pool, count]) =>
        `The pool ${pool} has ${count} replica: when it dies, nobody is served. Set replicas to ${leastReplicas} or more.`,
    );
}

function forContainers(
  name: string,
  description: string,
  check: (resource: Checked, role: string | undefined) => string[],
): Rule {
  return {
    name,
    description,
    check: (resource) =>
      resource.type === containerType ? check(resource, labelsOf(resource.props).role) : [],
  };
}

function labelsOf(props: Record<string, unknown>): Partial<Record<string, string>> {
  const labels = asList<{ label: string; value: string }>(props.labels);
  return Object.fromEntries(labels.map(({ label, value }) => [label.replace(/^flotilla\./, ""), value]));
}

function asList<Item>(value: unknown): Item[] {
  return Array.isArray(value) ? (value as Item[]) : [];
}

/** By an id, a digest, or a tag that is not the one that moves. */
function isPinned(reference: string): boolean {
  if (/(?:^|@)sha256:[0-9a-f]{64}$/.test(reference)) return true;
  const [, tag] = /:([^:/@]+)$/.exec(reference) ?? [];
  return tag !== undefined && tag !== "latest";
}

const secretName = /(?:^|_)(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|PRIVATE_?KEY|CREDENTIALS?)(?:_\d+)?$/i;
const withPassword = /^[a-z][a-z0-9+.-]*:\/\/[^/\s:@]*:[^/\s@]+@/i;

function looksSecret(variable: string): boolean {
  const [, name = "", value = ""] = /^([^=]*)=(.*)$/s.exec(variable) ?? [];
  return value !== "" && (secretName.test(name) || withPassword.test(value));
}
