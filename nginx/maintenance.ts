import { refusalLocations, refuseFor, renderPage } from "./failures";
import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import type { Maintenance, Route } from "./route-model";
import { escapeHtml } from "./watch/page";

/** All maintenance, by the name of its texts. */
function listMaintenance(balancer: Balancer): [name: string, maintenance: Maintenance][] {
  const all = balancer.maintenance;
  return [
    ...(all === undefined ? [] : [["maintenance", all] satisfies [string, Maintenance]]),
    ...balancer.routes.flatMap(({ maintenance }, index): [string, Maintenance][] =>
      maintenance === undefined ? [] : [[`maintenance_${index + 1}`, maintenance]],
    ),
  ];
}

/** The texts of maintenance that has its own, by path relative to `nginx.conf`. */
export function maintenancePages(balancer: Balancer): Record<string, string> {
  return Object.fromEntries(
    listMaintenance(balancer).flatMap(([name, { message }]) =>
      message === undefined
        ? []
        : [
            [`pages/${name}.json`, JSON.stringify({ error: message })],
            [`pages/${name}.html`, renderPage(escapeHtml(message))],
          ],
    ),
  );
}

/** The places of these texts. */
export function maintenanceLocations(balancer: Balancer): Lines[] {
  return listMaintenance(balancer).flatMap(([name, { message }]) =>
    message === undefined ? [] : refusalLocations(balancer, name),
  );
}

/** Variables that say whether a client is served in spite of maintenance. */
export function maintenanceMaps(balancer: Balancer): Lines {
  return listMaintenance(balancer).flatMap(([name, { allow }]) =>
    block(`geo $served_in_${name}`, ["default 0;", ...allow.map((address) => `${address} 1;`)]),
  );
}

/** The refusal of a route that is under maintenance. */
export function maintenanceSettings(balancer: Balancer, route: Route): Lines {
  if (route.maintenance !== undefined)
    return refuse(`maintenance_${balancer.routes.indexOf(route) + 1}`, route.maintenance);
  const { maintenance } = balancer;
  return maintenance === undefined ? [] : refuse("maintenance", maintenance);
}

function refuse(name: string, { retryAfterSeconds, message }: Maintenance): Lines {
  const refusal = refuseFor(retryAfterSeconds, message === undefined ? undefined : name);
  return block(`if ($served_in_${name} = 0)`, refusal);
}
