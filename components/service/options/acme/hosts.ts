import type { Route } from "../route/schema";
import type { Acme } from "./schema";

/** Name of who asks an authority, and of its volume, among those of its service. */
export const acmeTitle = "certificates";

/** The hosts of a certificate that an authority gives: where none are said, those that routes name. */
export function listAcmeHosts({ hosts }: Acme, routes: Pick<Route, "host">[]): string[] {
  return hosts ?? [...new Set(routes.flatMap(({ host }) => host?.toLowerCase() ?? []))];
}
