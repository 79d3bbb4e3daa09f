import type { Context, Unit } from "./context";

/** Settings of a service that another part reads. */
const read = new Set(
  "image build command entrypoint environment env_file ports expose volumes depends_on healthcheck deploy scale profiles networks network_mode secrets configs labels logging user stop_grace_period mem_limit mem_reservation cpus privileged extends".split(
    " ",
  ),
);

/** Settings of which nothing is needed, as each has its counterpart in how Flotilla works. */
export const needless: Record<string, string> = {
  restart: "what ends or hangs is started again",
  container_name: "containers come and go; INSTANCE_ID tells which replica it is, and labels find them",
  hostname: "INSTANCE_ID tells which replica it is",
  domainname: "INSTANCE_ID tells which replica it is",
  links: "pools reach each other by their names",
  stdin_open: "nobody is at a terminal",
  tty: "nobody is at a terminal",
  attach: "logs are there all the same",
  pull_policy:
    "a tag that moved in its registry is a new version; registry.followTags: false switches that off",
  platform: "it is built for the engine that runs it",
  annotations: "they are for other tools",
  develop: "a change of the code is a new version",
};

/** The way for what a service says of its log and a pool does not have. */
export const remedyForLogs =
  "logs are files that the engine turns over. Set logs.driver and logs.options of the pool, where they are to go elsewhere.";

const transform = "is set by a transform in a program of your own (docs/transforms.md)";

/** The way for settings that a stack's file does not have. */
const remedies: Record<string, string> = {
  stop_signal: "replicas get SIGTERM: let the application end on it, or write STOPSIGNAL into the Dockerfile",
  working_dir: "write WORKDIR into the Dockerfile, or start the command with sh -c 'cd … && exec …'",
  memswap_limit: transform,
  oom_score_adj: transform,
  volumes_from: "set mounts of both pools, with shared",
  label_file: `labels for other tools: ${transform}`,
  tmpfs: `${transform}; a folder that is writable is there anyway`,
  post_start: "let the application do it at its start",
  pre_stop: "let the application do it on SIGTERM",
  provider: "what another program provides is none of a stack. Start it beside",
  models:
    "a model is served by a server of its own. Run it beside the stack, and give pools its address in env",
  credential_spec: "it is for Windows, and there is no setting for it",
  isolation: "it is for Windows, and there is no setting for it",
  use_api_socket: "who has the engine's socket is root on the host, and nothing of a stack needs it",
  external_links: "set networks to those of the other containers",
  runtime: `${transform}; so are devices, for graphics cards`,
  gpus: transform,
  driver_opts: "there is no setting for it",
  oom_kill_disable: "a limit must end what is above it",
};

const strict =
  "replicas have no more of root's rights than images need (docs/security.md); the pool's security.strict takes these too";

/** The way for settings that pools have in another form. */
const ofPools: Record<string, string> = {
  cap_add:
    "name it at the pool's security.capabilities, with a reason, unless replicas have it (docs/security.md)",
  cap_drop: strict,
  read_only: strict,
  security_opt:
    "replicas gain no rights, and Docker's filters are on; a profile of your own is set by a transform",
  pids_limit: "set the pool's security.processes, which is 4096 when left out",
};

/** The way for a setting that a stack's file does not have. */
export function remedyFor(key: string): string {
  return remedies[key] ?? transform;
}

/** Says what becomes of settings of a service that no other part reads. */
export function tellUnused(unit: Unit, { report }: Context): void {
  const [{ name, fields, placeOf }] = unit.services;
  const keys = Object.keys(fields).filter((key) => !read.has(key) && !key.startsWith("x-"));
  const given = keys.filter((key) => needless[key] !== undefined);
  const [first] = given;
  if (first !== undefined) {
    const why = [...new Set(given.map((key) => needless[key] ?? ""))].join("; ");
    report.change(placeOf(first), `${name}.${given.join(", ")}`, `is not needed: ${why}.`);
  }
  for (const key of keys)
    if (needless[key] === undefined)
      report.leave(placeOf(key), `${name}.${key}`, `${ofPools[key] ?? remedyFor(key)}.`);
  const tools = Object.keys(fields.labels).filter(
    (label) => !/^(?:com\.docker|org\.opencontainers|ofelia)/.test(label),
  );
  const rules = tools.filter((label) => label.startsWith("traefik."));
  const [label] = rules.length > 0 ? rules : tools;
  if (label !== undefined)
    report.leave(
      placeOf("labels", label),
      `${name}.labels`,
      rules.length > 0
        ? "rules of Traefik are not read. Write them as routes: host, path, match, rewrite (docs/balancer.md)."
        : `labels for other tools: ${transform}.`,
    );
  const config = fields.deploy ?? {};
  for (const key of ["placement", "endpoint_mode", "labels"])
    if (key in config)
      report.leave(
        placeOf("deploy", key),
        `${name}.deploy.${key}`,
        key === "labels"
          ? "labels of a service are for Swarm. Nothing to do."
          : "there is one engine: nothing is placed. Nothing to do.",
      );
}
