import { Match, type RouteArgs } from "../../components/types";
import type { Scope } from "../nginx/scope";
import { isSecured, portsOf, readBalancer, redirectsToTls } from "./balancer";
import type { Context } from "./context";
import type { Front } from "./front";
import { readLocation, readSent, sendsAway } from "./locations";
import { nameDirective, type Reading, type RouteDraft } from "./routing";
import { findStatic } from "./static-files";
import { tellUnread } from "./unread";
import { readBalancing, readUpstreams, type Upstream } from "./upstreams";

/** Routes and the balancer's settings in the place of an Nginx. */
export function readFront(front: Front, context: Context): void {
  const servers = front.http.blocks("server");
  const contents = servers.filter((server) => !(redirectsToTls(server) && !hasContent(server)));
  const isDefault = (server: Scope): boolean =>
    server.own("listen").some(({ args }) => args.includes("default_server") || args.includes("default"));
  const secured = contents.filter(isSecured);
  const wanted =
    secured.length > 0 ? [...secured, ...contents.filter((server) => !isSecured(server))] : contents;
  const main = wanted.find(isDefault) ?? wanted[0] ?? servers[0] ?? front.http;
  const reading: Reading = { context, front, main, read: new Set() };
  for (const server of servers) if (server.head !== undefined) reading.read.add(server.head);
  const upstreams = readUpstreams(reading);
  for (const upstream of upstreams.values()) {
    const before = context.balancing.get(upstream.unit.name);
    context.balancing.set(upstream.unit.name, { ...before, ...readBalancing(upstream, reading) });
  }
  readBalancer(servers, reading);
  const inner = wanted.filter((server) => server !== main && isInner(server, front));
  for (const server of inner) readInner(server, upstreams, reading);
  const outer = wanted.filter((server) => !inner.includes(server));
  const names = outer.map(namesOf);
  const isOne = new Set(names.map((each) => each.join(" "))).size <= 1;
  const routes = outer.flatMap((server, index) => {
    const drafts = readServer(server, upstreams, reading);
    const hosts = isOne || server === main ? [undefined] : (names[index] ?? []);
    tellNames(server, hosts, isOne, context);
    return hosts.flatMap((host) =>
      drafts.map((draft): RouteDraft => (host === undefined ? draft : { host, ...draft })),
    );
  });
  for (const server of servers) readRedirects(server, reading, routes);
  addRoutes(routes, context);
  tellUnread(reading);
}

/** Whether no client reaches a server, as Compose publishes none of its ports. */
function isInner(server: Scope, { unit }: Front): boolean {
  const lines = unit?.services[0].fields.ports ?? [];
  return (
    unit !== undefined && !portsOf(server).some(({ port }) => lines.some(({ target }) => target === port))
  );
}

/** A server for other services: its pool is an internal one, which is reached by its own name. */
function readInner(server: Scope, upstreams: Map<string, Upstream>, reading: Reading): void {
  const { context, front } = reading;
  const routes = readServer(server, upstreams, { ...reading, isInner: true });
  const pool = routes.find(({ path, pool: name }) => path === "/" && name !== undefined)?.pool;
  const unit = context.list.find(({ name }) => name === pool);
  const { place } = server.head ?? { place: { file: "", line: 1 } };
  if (unit === undefined || front.unit === undefined) return;
  for (const { port } of portsOf(server))
    for (const host of context.hostsOf(front.unit)) context.inner.set(`${host}:${port}`, unit);
  const what = `server { listen ${portsOf(server)[0]?.port ?? 80} }`;
  context.report.change(
    place,
    what,
    `is no port of the balancer: ${unit.name} has a balancer of its own, which other pools reach by its name.`,
  );
}

function hasContent(server: Scope): boolean {
  return server
    .blocks("location")
    .some(
      (each) => each.own("return").length === 0 && !/acme-challenge/.test(each.head?.args.join(" ") ?? ""),
    );
}

function namesOf(server: Scope): string[] {
  return server
    .own("server_name")
    .flatMap(({ args }) => args)
    .filter(
      (name) => /^[a-z0-9_](?:[a-z0-9_.-]*[a-z0-9_])?$/i.test(name) && name !== "_" && name !== "localhost",
    )
    .sort();
}

function tellNames(server: Scope, hosts: (string | undefined)[], isOne: boolean, { report }: Context): void {
  const [line] = server.own("server_name");
  if (line === undefined) return;
  const strange = line.args.filter((name) => /[*~]/.test(name));
  if (strange.length > 0 && !isOne)
    report.leave(
      line.place,
      nameDirective(line),
      "a route's host is one name, without wildcards. Give each name a route, or leave host out where any will do.",
    );
  else if (hosts[0] !== undefined) report.take(line.place, nameDirective(line), "routes' host");
  else if (namesOf(server).length > 0)
    report.change(
      line.place,
      nameDirective(line),
      "its routes are for every host that no other route names.",
    );
}

function readServer(server: Scope, upstreams: Map<string, Upstream>, reading: Reading): RouteDraft[] {
  const { context } = reading;
  const routes = server.blocks("location").flatMap((location) => readLocation(location, upstreams, reading));
  const [back] = server.own("return");
  if (back !== undefined && !redirectsToTls(server)) {
    reading.read.add(back);
    const [code = "301", to = ""] = back.args;
    if (/^30[12378]$/.test(code)) routes.push({ path: "/", redirect: { to, status: Number(code) } });
    else
      context.report.leave(
        back.place,
        nameDirective(back),
        "what no route names gets the first public pool's 404, or that of its own routes. Nothing to do.",
      );
  }
  const hasRoot = server.blocks("location").some(({ head }) => head?.args.at(-1) === "/");
  if (!hasRoot && back === undefined && server.all("root").length > 0 && server.own("root").length > 0) {
    const files = findStatic({ path: "/" }, server, reading);
    if (files !== undefined) routes.push(files);
  }
  return routes;
}

/** Redirects by `rewrite … permanent` of a server. */
function readRedirects(server: Scope, { read, context }: Reading, routes: RouteDraft[]): void {
  if (redirectsToTls(server)) {
    for (const each of [...server.own("return"), ...server.own("rewrite")]) {
      read.add(each);
      context.report.take(each.place, nameDirective(each), "balancer.tls", "redirect");
    }
    for (const location of server.blocks("location")) {
      if (location.head?.args[0] !== "/") continue;
      read.add(location.head);
      for (const each of location.directives) read.add(each);
    }
    if (!hasContent(server)) return;
  }
  for (const directive of server.own("rewrite")) {
    read.add(directive);
    if (sendsAway(directive.args)) routes.unshift(readSent(directive));
    else
      context.report.leave(
        directive.place,
        nameDirective(directive),
        "a path is changed by the route that it leads to. Set rewrite there: { pattern, to }.",
      );
  }
}

/** Puts the routes into the stack: those that need a pool and have none get the first; of two for the same, the first counts. */
function addRoutes(drafts: RouteDraft[], context: Context): void {
  const [pool] = drafts.flatMap((draft) => draft.pool ?? []);
  const seen = new Set<string>();
  for (const draft of drafts) {
    const key = JSON.stringify([draft.host?.toLowerCase(), draft.match ?? Match.Prefix, draft.path]);
    if (seen.has(key)) continue;
    seen.add(key);
    const needsPool = draft.pool === undefined && draft.redirect === undefined && draft.static === undefined;
    if (needsPool && pool === undefined) continue;
    context.settings.routes.push(order(needsPool ? { ...draft, pool: pool ?? "" } : draft));
  }
}

function order({ host, path, match, pool, ...rest }: RouteDraft): RouteArgs {
  return {
    ...(host === undefined ? {} : { host }),
    ...(path === "/" && match === undefined ? {} : { path }),
    ...(match === undefined ? {} : { match }),
    ...(pool === undefined ? {} : { pool }),
    ...rest,
  };
}
