// Nothing of a service is left out without a word: what no other part of the import speaks of is told here, by its key.
import type { Service } from "../compose/project";
import type { PoolSettings } from "../settings";
import type { Context, Unit } from "./context";
import { needless, remedyFor, remedyForLogs } from "./unused";

/** Settings of a pool that come from a setting of a service. */
const settingsOf: Record<string, (keyof PoolSettings)[]> = {
  image: ["image"],
  build: ["build"],
  command: ["command"],
  entrypoint: ["command"],
  environment: ["env", "secrets", "stores"],
  env_file: ["envFile", "env", "secrets", "stores"],
  ports: ["port"],
  expose: ["port"],
  volumes: ["mounts", "files"],
  configs: ["files"],
  secrets: ["secretFiles"],
  depends_on: ["startAfter", "stores", "reachableFrom"],
  healthcheck: ["healthCheck"],
  scale: ["replicas"],
  networks: ["networks"],
  user: ["user"],
  logging: ["logs"],
  stop_grace_period: ["stopSeconds"],
  cpus: ["limits"],
  mem_limit: ["limits"],
  mem_reservation: ["reservations"],
  "deploy.replicas": ["replicas"],
  "deploy.resources": ["limits", "reservations"],
  "deploy.update_config": ["strategy"],
};

/** Why a setting became nothing of a pool: what Flotilla does instead. */
const reasons: Record<string, string> = {
  image: "the image is built, and named by its content",
  ports: "no replica has a port of the host: clients come through the balancer",
  expose: "replicas are reached at their pool's port alone",
  networks: "pools have networks of their own, with those that name them in reachableFrom",
  depends_on: "what stores and reachableFrom name is there and healthy before",
  profiles: "its profile was asked for, so it is a part of this stack",
  scale: "is 1 when left out",
  logging: "logs are files of 10 MiB, three of each replica (logs)",
  labels: "labels are Flotilla's own, by which its commands find what is a stack's",
  privileged: "no replica is root on the host",
  network_mode: "replicas are on networks of their own",
  extends: "what it extends is a part of it",
  environment: "there is nothing in it",
  env_file: "there is nothing in it",
  "deploy.replicas": "is 1 when left out",
  "deploy.mode": "there is one engine, and replicas is their number",
  "deploy.update_config":
    "new replicas start beside the old ones, which go when those are healthy; strategy: rolling does it one by one",
  "deploy.rollback_config":
    "a version that does not become healthy takes nothing over, so nothing is rolled back",
  "deploy.restart_policy": "what ends or hangs is started again",
  "healthcheck.start_interval": "a replica that starts is asked every intervalSeconds, as later on",
  "depends_on.restart": "an update of what others need cuts none of their requests, so these go on",
  "depends_on.required": "a stack has all of its pools",
};

/** The parts of a setting that are understood with it; others are told by themselves. */
const understood: Record<string, string[]> = {
  healthcheck: ["test", "interval", "timeout", "retries", "start_period", "disable"],
  logging: ["driver", "options"],
  "logging.options": ["max-size", "max-file"],
  "deploy.resources": ["limits", "reservations"],
  "deploy.resources.limits": ["cpus", "memory"],
  "deploy.resources.reservations": ["cpus", "memory"],
  "deploy.update_config": ["parallelism", "order"],
};

/** Tells of all settings of the services of a unit. */
export function tellRest(unit: Unit, context: Context): void {
  for (const service of unit.services) {
    if (unit.kind.is === "application") tellPool(unit, service, context);
    if (unit.kind.is === "store")
      tellAll(service, context, "a datastore's users, health, networks and files are Flotilla's own");
    if (unit.kind.is === "nginx")
      tellAll(
        service,
        context,
        "the balancer stands in its place: what its files say was read, and the rest is Flotilla's own",
      );
  }
}

/** The parts of a service by their keys, and what is in them: `deploy` is nothing but its parts. */
function listKeys({ keysIn }: Service): string[] {
  return keysIn()
    .filter((key) => !key.startsWith("x-"))
    .flatMap((key) => (key === "deploy" ? keysIn(key).map((part) => `${key}.${part}`) : [key]));
}

function tellPool(unit: Unit, service: Service, context: Context): void {
  const { report, settings } = context;
  const { name, placeOf } = service;
  const pool = settings.pools[unit.name] ?? {};
  const untold = listKeys(service).filter((key) => !report.mentions(name, key));
  for (const key of untold) {
    const place = placeOf(...key.split("."));
    const became = settingsOf[key]?.find((setting) => pool[setting] !== undefined);
    if (became !== undefined) report.take(place, `${name}.${key}`, `pools.${unit.name}.${became}`);
    else if (reasons[key] !== undefined) report.change(place, `${name}.${key}`, `${reasons[key]}.`);
    else report.leave(place, `${name}.${key}`, `${remedyFor(key)}.`);
  }
  for (const [path, parts] of Object.entries(understood)) {
    for (const part of service.keysIn(...path.split(".")).filter((each) => !parts.includes(each)))
      tellPart(service, `${path}.${part}`, context);
  }
  for (const other of service.keysIn("depends_on"))
    for (const part of ["restart", "required"].filter((each) =>
      service.keysIn("depends_on", other).includes(each),
    ))
      report.change(
        placeOf("depends_on", other, part),
        `${name}.depends_on.${other}.${part}`,
        `${reasons[`depends_on.${part}`] ?? ""}.`,
      );
}

function tellPart({ name, placeOf }: Service, path: string, { report }: Context): void {
  const what = `${name}.${path}`;
  const place = placeOf(...path.split("."));
  const [key = ""] = path.split(".");
  const reason =
    reasons[path] ?? (path.startsWith("deploy.update_config.") ? reasons["deploy.update_config"] : undefined);
  if (reason !== undefined) report.change(place, what, `${reason}.`);
  else report.leave(place, what, key === "logging" ? remedyForLogs : `${remedyFor(path)}.`);
}

/** Tells in one line what became of nothing because its server has its own. */
function tellAll(service: Service, { report }: Context, why: string): void {
  const { name, placeOf } = service;
  const isTold = (key: string): boolean => key === "image" || report.mentions(name, key);
  const untold = listKeys(service).filter((key) => !isTold(key));
  const own = untold.filter((key) => needless[key] === undefined && !isOfHost(key));
  const others = untold.filter((key) => needless[key] !== undefined);
  const [first] = own;
  if (first !== undefined)
    report.change(placeOf(...first.split(".")), `${name}.${own.join(", ")}`, `${why}.`);
  for (const key of others)
    report.change(placeOf(key), `${name}.${key}`, `is not needed: ${needless[key] ?? ""}.`);
  for (const key of untold.filter(isOfHost))
    report.leave(placeOf(key), `${name}.${key}`, `${remedyFor(key)}.`);
}

/** Settings of a container for the engine, for which no datastore and no balancer has a setting. */
function isOfHost(key: string): boolean {
  return /^(?:blkio_config|cap_|cgroup|cpu_|cpuset|cpu|device|dns|extra_hosts|gpus|group_add|ipc|isolation|mac_address|mem_swappiness|memswap_limit|oom_|pid|privileged|read_only|runtime|security_opt|shm_size|storage_opt|sysctls|tmpfs|ulimits|userns_mode|uts)/.test(
    key,
  );
}
