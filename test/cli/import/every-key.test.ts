// Nothing is left out without a word: the report mentions every key of a service and every directive.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { importCompose } from "../../../importing/import";
import { describeReport, type ReportData } from "../../../importing/report";
import { readYaml } from "../../support/stack-settings";

const folder = join(__dirname, "projects/every-key");
const read = (file: string): string => readFileSync(join(folder, file), "utf8");

/** Keys of a service that the Compose specification has. */
const specified =
  `annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent command configs container_name cpu_count
  cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares cpus cpuset credential_spec depends_on deploy develop
  device_cgroup_rules devices dns dns_opt dns_search domainname driver_opts entrypoint env_file environment expose extends
  external_links extra_hosts gpus group_add healthcheck hostname image init ipc isolation label_file labels links logging
  mac_address mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable oom_score_adj
  pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy read_only restart runtime scale
  secrets security_opt shm_size stdin_open stop_grace_period stop_signal storage_opt sysctls tmpfs tty ulimits use_api_socket user
  userns_mode uts volumes volumes_from working_dir`.split(/\s+/);

interface Compose {
  services: Record<string, Record<string, unknown> & { deploy?: Record<string, unknown> }>;
}

const { services } = readYaml(read("docker-compose.yml")) as Compose;

function importProject(): ReportData {
  const request = { folder, output: folder, files: [], profiles: ["all"], envFiles: [], environment: {} };
  const imported = importCompose(request);
  if (!imported.ok) throw new Error(JSON.stringify(imported.faults));
  return describeReport(imported.report, folder);
}

const report = importProject();
const remarks = [...report.taken, ...report.changed, ...report.left];
/** The report as a list of what it speaks of; keys of one service may stand in one remark. */
const subjects = remarks.flatMap(({ what, text }) => {
  const [, service = "", keys = ""] = /^(\w+)\.(.*)$/.exec(what) ?? [];
  return keys === "" ? [`${what} ${text}`] : keys.split(", ").map((key) => `${service}.${key}`);
});

const isMentioned = (subject: string): boolean =>
  // An image stands for the server that it is.
  subject === "cache.image" ||
  subject === "edge.image" ||
  subjects.some(
    (each) => each === subject || each.startsWith(`${subject}.`) || each.startsWith(`${subject} `),
  );

test("the project has every key that there is", () => {
  const keys = Object.keys(services.app ?? {});
  // An image and a build are one or the other here; the service that is extended has the image.
  expect([...keys, "image"].sort()).toEqual(specified.toSorted());
});

test.each(["app", "cache", "edge", "jobs"])("every key of the service %s is mentioned", (name) => {
  const service = services[name] ?? {};
  const keys = Object.keys(service).flatMap((key) =>
    key === "deploy" ? Object.keys(service.deploy ?? {}).map((part) => `deploy.${part}`) : [key],
  );
  expect(keys.filter((key) => !isMentioned(`${name}.${key}`))).toEqual([]);
});

test.each([
  "app.deploy.resources.limits.pids",
  "app.deploy.resources.reservations.devices",
  "app.deploy.update_config.failure_action",
  "app.healthcheck.start_interval",
  "app.logging.options.compress",
  "app.depends_on.cache.restart",
  "app.depends_on.jobs.required",
  "app.build.ssh",
  "cache.command --appendonly",
  "cache.command --save",
  "cache.command --io-threads",
])("so is what stands inside: %s", (subject) => {
  expect(isMentioned(subject)).toBe(true);
});

test("every directive of Nginx is mentioned", () => {
  const names = [...read("nginx.conf").matchAll(/(?:^|[{;])\s*([a-z][a-z_0-9]*) [^;{}]*[;{]/gm)].map(
    ([, name = ""]) => name,
  );
  // What holds others is its contents.
  const directives = [...new Set(names)].filter(
    (name) => !["http", "events", "server", "include"].includes(name),
  );
  expect(directives.length).toBeGreaterThanOrEqual(55);
  const words = new Set(
    remarks.flatMap(({ what, text }) => [
      ...what.split(/[\s,]+/),
      ...(what === "directives" ? text.split(/[\s,:]+/) : []),
    ]),
  );
  expect(directives.filter((name) => !words.has(name))).toEqual([]);
});

test("no remark is without a reason", () => {
  expect([...report.changed, ...report.left].filter(({ text }) => /undefined|^\.|: \.$/.test(text))).toEqual(
    [],
  );
});
