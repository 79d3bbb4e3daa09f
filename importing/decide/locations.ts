import { Match, Protocol } from "../../components/types";
import { type Scope } from "../nginx/scope";
import type { Directive } from "../nginx/tokens";
import { settleAnswers } from "./answers";
import { settleGuards } from "./guards";
import { settleLimits } from "./limits";
import { settleProxying } from "./proxying";
import { fillVariables, findTarget, nameDirective, type Reading, type RouteDraft, use } from "./routing";
import { findStatic, serveFile } from "./static-files";
import type { Upstream } from "./upstreams";

/** A location's path, as a route has it. */
interface Place {
  path: string;
  match?: Match;
}

/** Makes routes of a location and of those in it, for each of some hosts. */
export function readLocation(scope: Scope, upstreams: Map<string, Upstream>, reading: Reading): RouteDraft[] {
  const { head } = scope;
  if (head === undefined) return [];
  const { context, read } = reading;
  // The page of an error is the balancer's own.
  if (read.has(head)) return [];
  read.add(head);
  const nested = scope.blocks("location").flatMap((inner) => readLocation(inner, upstreams, reading));
  const place = readPlace(head);
  if (place === undefined) return nested;
  const what = nameDirective(head);
  if (scope.own("stub_status").length > 0) {
    for (const each of scope.directives) read.add(each);
    context.report.change(
      head.place,
      what,
      "is not needed: /nginx-status and /lb/status are there, for private networks.",
    );
    return nested;
  }
  const route = readTarget(place, scope, upstreams, reading);
  if (route === undefined) return nested;
  const named = findNamed(scope, reading) ?? scope;
  settleGuards(route, scope, reading);
  settleLimits(route, scope, reading);
  settleAnswers(route, named, reading);
  settleProxying(route, named, reading);
  if (reading.isInner === undefined) context.report.take(head.place, what, describeRoute(route));
  return [route, ...nested];
}

/** A route in words. */
function describeRoute({ path, pool, redirect, static: files }: RouteDraft): string {
  const target = pool ?? (redirect === undefined ? files?.folder : redirect.to);
  return target === undefined ? `route ${path} with directives of its own` : `route ${path} to ${target}`;
}

function readPlace({ args }: Directive): Place | undefined {
  const [first = "/", second] = args;
  if (first.startsWith("@")) return undefined;
  if (second === undefined)
    return first.startsWith("=") ? { path: first.slice(1), match: Match.Exact } : { path: first };
  if (first === "=") return { path: second, match: Match.Exact };
  if (first === "~") return { path: second, match: Match.Regex };
  if (first === "~*") return { path: `(?i)${second}`, match: Match.Regex };
  return { path: second };
}

function readTarget(
  place: Place,
  scope: Scope,
  upstreams: Map<string, Upstream>,
  reading: Reading,
): RouteDraft | undefined {
  const { context } = reading;
  const { report } = context;
  const [pass] = [...scope.own("proxy_pass"), ...scope.own("grpc_pass")];
  const [back] = scope.own("return");
  const [guard] = scope.own("deny").filter(({ args }) => args[0] === "all");
  if (pass !== undefined) return readPass(place, pass, scope, upstreams, reading);
  if (back !== undefined) return readReturn(place, back, scope, reading);
  const sent = scope.own("rewrite").find(({ args }) => sendsAway(args));
  if (sent !== undefined) {
    reading.read.add(sent);
    return readSent(sent);
  }
  if (guard !== undefined && scope.own("allow").length === 0) {
    reading.read.add(guard);
    return { ...place, directives: ["deny all"] };
  }
  const named = findNamed(scope, reading);
  if (named !== undefined) {
    const [inner] = named.own("proxy_pass");
    if (inner !== undefined) {
      const [files] = scope.all("try_files");
      if (files !== undefined)
        report.change(
          files.place,
          nameDirective(files),
          "all of it goes to the pool, as no route is files and pool at once. Give folders of files a route of their own, like { path: /assets/, static: { folder: … } }.",
        );
      return readPass(place, inner, named, upstreams, reading);
    }
  }
  const path = place.path;
  if (place.match === Match.Exact) return serveFile(path, scope, reading);
  return findStatic(place, scope, reading);
}

/** The named location that `try_files` ends at. */
function findNamed(scope: Scope, reading: Reading): Scope | undefined {
  const files = use(reading, scope, "try_files");
  const name = files?.args.at(-1);
  if (name?.startsWith("@") !== true) return undefined;
  for (let each = scope.parent; each !== undefined; each = each.parent)
    for (const block of each.blocks("location"))
      if (block.head?.args[0] === name) {
        reading.read.add(block.head);
        return block;
      }
  return undefined;
}

function readPass(
  place: Place,
  pass: Directive,
  scope: Scope,
  upstreams: Map<string, Upstream>,
  reading: Reading,
): RouteDraft | undefined {
  const { context, read } = reading;
  read.add(pass);
  const filled = fillVariables(pass.args[0] ?? "", scope, reading);
  const [, scheme = "http", host = "", uri] = /^(?:(\w+):\/\/)?([^/]+)(\/.*)?$/.exec(filled) ?? [];
  const upstream = upstreams.get(host);
  const target = upstream ?? findTarget(context, host);
  const fail = (why: string): RouteDraft | undefined => {
    context.report.leave(pass.place, nameDirective(pass), why);
    return undefined;
  };
  if (target === undefined || host.includes("$"))
    return fail(
      "it is no service of this project that is known before a request comes. Make a pool of it, or let the application ask it.",
    );
  if (target.unit.kind.is !== "application") {
    if (target.unit.kind.is === "monitoring")
      return fail(
        "monitoring answers on ports of 127.0.0.1 with a password, not through the balancer. Use an SSH tunnel, or a proxy of your own for these ports.",
      );
    return fail(
      `${target.unit.services[0].name} is no pool of the stack, and the balancer leads to pools alone.`,
    );
  }
  if (scheme === "https" || scheme === "grpcs")
    context.report.change(
      pass.place,
      nameDirective(pass),
      "the balancer speaks to replicas without TLS, on a network of their own. Let the application listen without.",
    );
  const port = target.port ?? target.unit.port;
  if (target.unit.port !== undefined && port !== undefined && target.unit.port !== port)
    return fail(
      `a pool has one port, and ${target.unit.name} has ${target.unit.port}. Let one replica listen on one, or make a second pool of the same image.`,
    );
  target.unit.port = port;
  if (reading.isInner === undefined) target.unit.isPublic = true;
  const route: RouteDraft = { ...place, pool: target.unit.name };
  if (pass.name === "grpc_pass") route.protocol = Protocol.Grpc;
  const rewrite = readRewrite(place, uri, scope, reading);
  if (rewrite === undefined && place.match !== Match.Regex && /health|\/ready|\/ping$/.test(place.path))
    context.healthPaths.set(target.unit.name, place.path);
  if (rewrite !== undefined) route.rewrite = rewrite;
  return route;
}

/** Whether a `rewrite` sends clients to another address. */
export function sendsAway([, to = "", how]: string[]): boolean {
  return how === "permanent" || how === "redirect" || /^https?:/.test(to);
}

/** The route of such a `rewrite`. */
export function readSent({ args: [pattern = "/", to = "/", how] }: Directive): RouteDraft {
  return {
    path: pattern,
    match: Match.Regex,
    redirect: { to, ...(how === "permanent" ? { status: 301 } : {}) },
  };
}

/** How the path is changed before the replica gets it. */
function readRewrite(
  place: Place,
  uri: string | undefined,
  scope: Scope,
  reading: Reading,
): RouteDraft["rewrite"] {
  const { report } = reading.context;
  const [own, ...others] = scope.own("rewrite");
  for (const each of [own, ...others]) if (each !== undefined) reading.read.add(each);
  for (const each of others)
    report.leave(
      each.place,
      nameDirective(each),
      "a route changes its path once. Write one expression for both, or a route for each.",
    );
  if (own !== undefined) {
    const [pattern = "", to = ""] = own.args;
    return { pattern, to };
  }
  if (uri !== undefined && place.match === Match.Regex && /\$\d/.test(uri) && !/\$\D/.test(uri))
    return { pattern: place.path, to: uri };
  if (uri === undefined || uri.includes("$")) {
    if (uri?.includes("$") === true && !/^\/?\$(?:request_uri|uri)/.test(uri))
      report.leave(
        scope.head?.place ?? { file: "", line: 1 },
        `proxy_pass … ${uri}`,
        "write it as rewrite of the route: { pattern, to }.",
      );
    return undefined;
  }
  if (place.match === Match.Exact) return uri === place.path ? undefined : { pattern: "^.*$", to: uri };
  if (place.match === Match.Regex || uri === place.path) return undefined;
  const start = place.path.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
  // `/api` with `/` would make `//users` of `/api/users`.
  const isDoubled = !place.path.endsWith("/") && uri.endsWith("/");
  return { pattern: `^${start}${isDoubled ? "/?" : ""}(.*)$`, to: `${uri}$1` };
}

function readReturn(place: Place, back: Directive, scope: Scope, reading: Reading): RouteDraft | undefined {
  const { context, read } = reading;
  read.add(back);
  const [code = "302", text = ""] = back.args;
  const to = back.args.length === 1 ? code : text;
  const status = Number(code);
  if (back.args.length === 1 && !/^\d+$/.test(code)) return { ...place, redirect: { to: code } };
  if ([301, 302, 303, 307, 308].includes(status))
    return { ...place, redirect: { to, ...(status === 302 ? {} : { status }) } };
  if (status === 200 && /health|ping|ready|alive/.test(place.path) && place.match !== Match.Regex) {
    for (const each of scope.directives) read.add(each);
    const { balancer } = context.settings;
    balancer.status = {
      ...balancer.status,
      health: [...new Set([...(balancer.status?.health ?? ["/healthz"]), place.path])],
    };
    context.report.change(
      back.place,
      `${nameDirective(scope.head ?? back)} { return 200 }`,
      "is a path of balancer.status.health: 200 where every pool can answer, and else 503 with the names of those that cannot.",
    );
    return undefined;
  }
  const [type] = scope.own("default_type");
  if (type !== undefined) read.add(type);
  const quoted =
    back.args.length < 2 ? "" : ` "${text.replaceAll(/["\\]/g, "\\$&").replaceAll("\n", "\\n")}"`;
  context.report.change(
    back.place,
    nameDirective(back),
    "is a directive of the route, which needs a pool all the same, and never asks it.",
  );
  return {
    ...place,
    directives: [
      ...(type === undefined ? [] : [`default_type ${type.args.join(" ")}`]),
      `return ${code}${quoted}`,
    ],
  };
}
