import { refuseFor } from "./failures";
import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import type { Maintenance, Route } from "./route-model";

/** Variables that say whether a client is served in spite of maintenance. */
export function maintenanceMaps(balancer: Balancer): Lines {
  return [
    ...(balancer.maintenance === undefined ? [] : describe("served_in_maintenance", balancer.maintenance)),
    ...balancer.routes.flatMap(({ maintenance }, index) =>
      maintenance === undefined ? [] : describe(`served_in_maintenance_${index + 1}`, maintenance),
    ),
  ];
}

function describe(variable: string, { allow }: Maintenance): Lines {
  return block(`geo $${variable}`, ["default 0;", ...allow.map((address) => `${address} 1;`)]);
}

/** The refusal of a route that is under maintenance. */
export function maintenanceSettings(balancer: Balancer, route: Route): Lines {
  if (route.maintenance !== undefined)
    return refuse(`served_in_maintenance_${balancer.routes.indexOf(route) + 1}`, route.maintenance);
  const { maintenance } = balancer;
  return maintenance === undefined ? [] : refuse("served_in_maintenance", maintenance);
}

function refuse(variable: string, { retryAfterSeconds }: Maintenance): Lines {
  return block(`if ($${variable} = 0)`, refuseFor(retryAfterSeconds));
}
