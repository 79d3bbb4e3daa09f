import type { Balancer } from "./model";
import type { Route } from "./route-model";

/** The name of a further location of a route. */
export function nameLocation({ routes, prefix = "" }: Balancer, route: Route, what: string): string {
  return `@${prefix}${what}_${routes.indexOf(route) + 1}`;
}
