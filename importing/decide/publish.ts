import type { Context, Unit } from "./context";
import { debugPorts, findPort } from "./ports";

/** Settles the ports of pools that no Nginx leads to, and which of these clients reach. */
export function publishPools(context: Context, hasFront: boolean): void {
  const { report, settings } = context;
  const routed = context.applications.filter(({ isPublic }) => isPublic);
  for (const unit of context.applications) unit.port ??= findPort(unit);
  const published = context.applications.filter(
    (unit) => !unit.isPublic && unit.port !== undefined && lineOf(unit) !== undefined,
  );
  for (const unit of published) unit.isPublic = true;
  if (!hasFront) {
    const [first] = published;
    const line = first === undefined ? undefined : lineOf(first);
    if (first !== undefined && line?.published !== undefined) {
      settings.balancer.port = line.published;
      if (line.address !== undefined && line.address !== "0.0.0.0") settings.balancer.address = line.address;
      report.take(first.services[0].placeOf("ports"), `${first.services[0].name}.ports`, "balancer.port");
    }
  }
  const all = [...routed, ...published];
  if (all.length === 0) openOne(context);
  if (all.length < 2 && !hasFront) return;
  for (const unit of published) {
    const [{ name, placeOf }] = unit.services;
    const isFirst = !hasFront && unit === published[0];
    settings.routes.push(isFirst ? { pool: unit.name } : { host: `${unit.name}.localhost`, pool: unit.name });
    if (!isFirst)
      report.change(
        placeOf("ports"),
        `${name}.ports`,
        `the balancer has one port, so it is at http://${unit.name}.localhost:${settings.balancer.port ?? 8080}, which browsers know for this machine. Set host of its route to its name, or make it internal with reachableFrom.`,
      );
  }
}

/** The line that publishes a unit's port. */
function lineOf(unit: Unit) {
  const lines = unit.services[0].fields.ports.filter(
    ({ protocol, target }) => protocol === "tcp" && !debugPorts.has(target),
  );
  return lines.find(({ target }) => target === unit.port) ?? lines[0];
}

/** Where nothing is published, clients reach what no other pool reaches. */
function openOne(context: Context): void {
  const able = context.applications.filter(({ port }) => port !== undefined);
  const isMeant = (unit: Unit): boolean => able.every((other) => other === unit || !mentions(other, unit));
  const unit = able.find((each) => isMeant(each) && each.services[0].fields.expose.length > 0);
  if (unit === undefined) return;
  unit.isPublic = true;
  const [{ name, placeOf }] = unit.services;
  context.report.change(
    placeOf(),
    name,
    "is what clients reach, at balancer.port (8080): Compose publishes no port at all.",
  );
}

function mentions({ services: [{ fields }] }: Unit, { services }: Unit): boolean {
  return Object.values(fields.environment).some((value) =>
    services.some(({ name }) => value?.includes(`//${name}`) === true),
  );
}
