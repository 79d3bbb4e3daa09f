import { randomBytes } from "node:crypto";
import { hashSync } from "bcryptjs";
import { prometheusPlaces } from "../monitoring/places";
import { perform, readBefore, readInput } from "./process";
import { type Engine, Failure } from "../engine/client";
import { renderCommand } from "../engine/shell";
import { type Gate, passGate } from "./gate";
import { replaceSh } from "./texts";

/** A password and what the servers know of it. */
interface Password {
  password: string;
  /** For Prometheus and Alertmanager. */
  hash: string;
}

/** Prints the password of the monitoring, which stays when none is given. */
export function makePassword(): void {
  const given = process.env.FLOTILLA_PASSWORD ?? "";
  const before = readBefore() as Password | undefined;
  process.stdout.write(JSON.stringify(nextPassword(before, given)));
}

/** The password after that of before; `given` is the user's own, or empty. */
export function nextPassword(before: Password | undefined, given: string): Password {
  const password = given || before?.password || randomBytes(24).toString("base64url");
  return before?.password === password ? before : { password, hash: hashSync(password, 10) };
}

/** What Prometheus shall look at. */
interface TargetsTask {
  /** The servers, which have to be healthy. */
  gates: Gate[];
  /** Name of Prometheus' container. */
  container: string;
  /** The list, as Prometheus reads it. */
  targets: string;
  /** The stack, as the label of its containers names it. */
  stack: string;
}

/** Waits until the servers are healthy, and tells Prometheus what to look at: it reads the list again by itself. */
export function writeTargets(): void {
  void perform(async (engine) => {
    const { gates, container, targets, stack } = readInput() as TargetsTask;
    await Promise.all(gates.map((gate) => passGate(engine, gate)));
    const files = {
      [prometheusPlaces.targetsFile]: targets,
      [prometheusPlaces.containersFile]: renderContainers(await listContainers(engine, stack)),
    };
    const commands = Object.entries(files).map(([file, text]) => renderCommand("replace", file, text));
    const script = replaceSh + commands.join("\n");
    const { code, stderr } = await engine.inside(container, script, { asRoot: true });
    if (code !== 0) throw new Failure(`The targets cannot be written into ${container}: ${stderr.trim()}`);
    const { length } = JSON.parse(targets) as unknown[];
    return `Prometheus looks at ${length} targets`;
  });
}

/** The labels of each container of a stack, by its id. */
async function listContainers(
  engine: Engine,
  stack: string,
): Promise<Record<string, Record<string, string>>> {
  const ids = await engine.run([
    "ps",
    "--all",
    "--quiet",
    "--no-trunc",
    `--filter=label=flotilla.stack=${stack}`,
  ]);
  if (ids === "") return {};
  // One that is removed meanwhile makes the command fail, and is not printed.
  const format = "--format={{json .Id}}: {{json .Config.Labels}}";
  const { stdout } = await engine.attempt(["container", "inspect", format, ...ids.split("\n")]);
  const lines = stdout.split("\n").filter((line) => line !== "");
  return JSON.parse(`{${lines.join(",")}}`) as Record<string, Record<string, string>>;
}

const containerLabels = ["role", "service", "pool", "replica", "store", "server"];

/** What each container is, as Prometheus reads it: cAdvisor knows it by its id alone. */
export function renderContainers(containers: Record<string, Record<string, string>>): string {
  const lines = Object.entries(containers)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, known]) => {
      const named = containerLabels.flatMap((label) => {
        const value = known[`flotilla.${label}`];
        return value === undefined ? [] : [`${label}=${JSON.stringify(value)}`];
      });
      return `flotilla_container_info{${[`container_id="${id}"`, ...named].join(",")}} 1\n`;
    });
  const name = "flotilla_container_info";
  return `# HELP ${name} What a container is.\n# TYPE ${name} gauge\n${lines.join("")}`;
}

/** What gives Grafana's user its password. */
interface GrafanaTask {
  gate: Gate;
  password: string;
}

/** Waits until Grafana is healthy, and gives its user the password: one that is kept in its data may be older. */
export function openGrafana(): void {
  void perform(async (engine) => {
    const { gate, password } = readInput() as GrafanaTask;
    await passGate(engine, gate);
    const command = ["grafana", "cli", "admin", "reset-admin-password", "--password-from-stdin"];
    await engine.run(["exec", "-i", gate.replica, ...command], { input: password });
    return "Grafana is ready";
  });
}
