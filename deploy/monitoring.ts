import { prometheusPlaces } from "../monitoring/places";
import { defineScript, onEngine } from "./process";
import { type Engine, Failure } from "../engine/client";
import { labelFilters, labelName } from "../engine/labels";
import { inspectPresent } from "../engine/containers";
import { renderCommand } from "../engine/shell";
import { passGate } from "./gate";
import { replaceSh } from "./texts";

export const { writeTargets, openGrafana } = defineScript<"monitoring">({
  /** Waits until the servers are healthy, and tells Prometheus what to look at: it reads the list again by itself. */
  writeTargets: onEngine(async (engine, { input: { gates, container, targets, stack } }) => {
    await Promise.all(gates.map((gate) => passGate(engine, gate)));
    const files = {
      [prometheusPlaces.targetsFile]: targets,
      [prometheusPlaces.containersFile]: renderContainers(await listContainers(engine, stack)),
    };
    const commands = Object.entries(files).map(([file, text]) => renderCommand("replace", file, text));
    const script = replaceSh + commands.join("\n");
    const { code, stderr } = await engine.inside(container, script, { user: "0" });
    if (code !== 0) throw new Failure(`The targets cannot be written into ${container}: ${stderr.trim()}`);
    const listed: unknown = JSON.parse(targets);
    return `Prometheus looks at ${Array.isArray(listed) ? listed.length : 0} targets`;
  }),

  /** Waits until Grafana is healthy, and gives its user the password: one that is kept in its data may be older. */
  openGrafana: onEngine(async (engine, { input: { gate, password } }) => {
    await passGate(engine, gate);
    const command = ["grafana", "cli", "admin", "reset-admin-password", "--password-from-stdin"];
    await engine.run(["exec", "-i", gate.replica, ...command], { input: password });
    return "Grafana is ready";
  }),
});

/** The labels of each container of a stack, by its id. */
async function listContainers(
  engine: Engine,
  stack: string,
): Promise<Record<string, Record<string, string>>> {
  const ids = await engine.run(["ps", "--all", "--quiet", "--no-trunc", ...labelFilters({ stack })]);
  const template = "[{{json .Id}},{{json .Config.Labels}}]";
  const known = ids.split("\n").filter((id) => id !== "");
  return Object.fromEntries(await inspectPresent<[string, Record<string, string>]>(engine, template, known));
}

const containerLabels = ["role", "service", "pool", "replica", "store", "server"] as const;

/** Renders the labels of each container, as Prometheus reads them: cAdvisor knows it by its id alone. */
export function renderContainers(containers: Record<string, Record<string, string>>): string {
  const lines = Object.entries(containers)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([id, known]) => {
      const named = containerLabels.flatMap((label) => {
        const value = known[labelName(label)];
        return value === undefined ? [] : [`${label}=${JSON.stringify(value)}`];
      });
      return `flotilla_container_info{${[`container_id="${id}"`, ...named].join(",")}} 1\n`;
    });
  const name = "flotilla_container_info";
  return `# HELP ${name} What a container is.\n# TYPE ${name} gauge\n${lines.join("")}`;
}
