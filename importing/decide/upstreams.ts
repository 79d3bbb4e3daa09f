import { type BalancingArgs, Method } from "../../components/types";
import type { Service } from "../compose/project";
import { readOptions, readTime, type Scope } from "../nginx/scope";
import type { Directive } from "../nginx/tokens";
import type { Unit } from "./context";
import { findTarget, nameDirective, type Reading } from "./routing";

/** A group of servers of Nginx. */
export interface Upstream {
  name: string;
  scope: Scope;
  unit: Unit;
  port: number | undefined;
  /** The servers that are the unit's. */
  servers: Directive[];
}

/** Reads the groups of servers; those whose servers are copies of each other become one pool. */
export function readUpstreams(reading: Reading): Map<string, Upstream> {
  const { front, context, read } = reading;
  const { report } = context;
  const found = new Map<string, Upstream>();
  for (const scope of front.http.blocks("upstream")) {
    const name = scope.head?.args[0] ?? "";
    if (scope.head !== undefined) read.add(scope.head);
    const targets = scope.own("server").flatMap((directive) => {
      read.add(directive);
      const target = findTarget(context, directive.args[0] ?? "");
      if (target === undefined && !directive.args.includes("down"))
        report.leave(
          directive.place,
          `upstream ${name}: ${nameDirective(directive)}`,
          "it is no service of this project, and the balancer leads to pools alone. Make a pool of it, or let the application ask it.",
        );
      return target === undefined || directive.args.includes("down") ? [] : [{ ...target, directive }];
    });
    const [first] = targets;
    if (first === undefined) continue;
    const units = [...new Set(targets.map(({ unit }) => unit))];
    const copies = units.filter(
      (unit) => unit === first.unit || isCopy(first.unit.services[0], unit.services[0]),
    );
    for (const { unit, directive } of targets)
      if (!copies.includes(unit))
        report.leave(
          directive.place,
          `upstream ${name}: ${nameDirective(directive)}`,
          `${unit.services[0].name} is another application than ${first.unit.services[0].name}, and a pool is of equal replicas. Give it a route of its own, or leave it out.`,
        );
    const unit =
      copies.length > 1 ? (context.unite(copies, nameCopies(copies, name)) ?? first.unit) : first.unit;
    if (copies.length > 1)
      report.change(
        scope.head?.place ?? first.directive.place,
        `upstream ${name}`,
        `${unit.services.map((service) => service.name).join(", ")} are one pool of ${unit.services.length} replicas, ${unit.name}: another one is a higher number.`,
      );
    for (const other of targets)
      if (other.unit === first.unit && other.port !== first.port)
        report.leave(
          other.directive.place,
          `upstream ${name}: ${nameDirective(other.directive)}`,
          "a pool has one port. Let a replica listen on one, and have more replicas.",
        );
    const servers = targets
      .filter((target) => copies.includes(target.unit))
      .map(({ directive }) => directive);
    found.set(name, { name, scope, unit, port: first.port, servers });
  }
  return found;
}

/** The common start of copies' names, or else what Nginx calls them. */
function nameCopies(units: Unit[], upstream: string): string {
  const stems = new Set(units.map(({ services: [{ name }] }) => name.replace(/[-_]?\d+$/, "")));
  const [stem = ""] = stems;
  return stems.size === 1 && stem.length > 1 ? stem : upstream;
}

/** Whether two services differ in nothing but in which one of them they are. */
function isCopy(one: Service, other: Service): boolean {
  const describe = ({ fields, name }: Service): string => {
    const number = /\d+$/.exec(name)?.[0];
    const variables = Object.entries(fields.environment).filter(
      ([key, value]) =>
        !/INSTANCE|SERVER_?(?:ID|NAME)|NODE_?(?:ID|NAME)|HOSTNAME|WORKER_ID/i.test(key) &&
        value !== name &&
        (number === undefined || value !== number),
    );
    const { image, build, command, entrypoint, volumes, deploy, user, env_file: files } = fields;
    const own = build === undefined ? image : undefined;
    return JSON.stringify({ own, build, command, entrypoint, volumes, deploy, user, files, variables });
  };
  return describe(one) === describe(other);
}

const methods: [directive: string, method: Method][] = [
  ["least_conn", Method.LeastConnections],
  ["ip_hash", Method.IpHash],
  ["random", Method.Random],
  ["hash", Method.Hash],
];

/** How an upstream has its servers chosen. */
export function readBalancing(
  { scope, name, unit, servers: own }: Upstream,
  reading: Reading,
): BalancingArgs {
  const { context, read } = reading;
  const { report } = context;
  const found = methods.find(([directive]) => scope.own(directive).length > 0);
  const [directive, method = Method.RoundRobin] = found ?? [];
  const balancing: BalancingArgs = { method };
  const [chosen] = directive === undefined ? [] : scope.own(directive);
  if (chosen !== undefined) read.add(chosen);
  if (method === Method.Hash) {
    const key = chosen?.args[0] ?? "";
    if (/\$\w/.test(key) && !/[\s;{}"'\\]/.test(key)) balancing.hashKey = key;
    else balancing.method = Method.LeastConnections;
  }
  const servers = own.map(({ args }) => ({ options: readOptions(args.slice(1)), words: args.slice(1) }));
  const weights = servers.map(({ options }) => Number(options.get("weight") ?? 1));
  const isEach = servers.length === unit.services.length && servers.length > 1;
  if (isEach && weights.some((weight) => weight !== 1)) balancing.weights = weights;
  const spares = servers.filter(({ words }) => words.includes("backup")).length;
  if (isEach && spares > 0 && (method === Method.LeastConnections || method === Method.RoundRobin))
    balancing.spares = spares;
  const most = servers.map(({ options }) => Number(options.get("max_conns") ?? 0)).find((count) => count > 0);
  if (most !== undefined) balancing.maxConnections = most;
  const fails = servers.map(({ options }) => options.get("max_fails")).find((value) => value !== undefined);
  const seconds = servers
    .map(({ options }) => readTime(options.get("fail_timeout")))
    .find((value) => value !== undefined);
  if (fails !== undefined || seconds !== undefined)
    balancing.failures = {
      ...(fails === undefined ? {} : { count: Number(fails) }),
      ...(seconds === undefined ? {} : { seconds: Math.max(1, Math.round(seconds)) }),
    };
  const keepalive = readKeepalive(scope, reading);
  if (Object.keys(keepalive).length > 0) balancing.keepalive = keepalive;
  const [sticky] = scope.own("sticky");
  if (sticky?.args[0] === "cookie") {
    read.add(sticky);
    balancing.sticky = { ...(sticky.args[1] === undefined ? {} : { cookie: sticky.args[1] }) };
  }
  if (scope.head !== undefined)
    report.take(
      scope.head.place,
      `upstream ${name}`,
      `pools.${unit.name}.balancing`,
      Object.keys(balancing).join(", "),
    );
  return balancing;
}

function readKeepalive(scope: Scope, { context, read }: Reading): NonNullable<BalancingArgs["keepalive"]> {
  const [kept] = scope.own("keepalive");
  const [requests] = scope.own("keepalive_requests");
  const [idle] = scope.own("keepalive_timeout");
  for (const each of [kept, requests, idle]) if (each !== undefined) read.add(each);
  if (idle !== undefined)
    context.report.change(
      idle.place,
      nameDirective(idle),
      "stays 1.5 s: a request may meet a connection that the application closes just then. Set balancing.keepalive.idleSeconds to a second less than yours waits, if that is longer.",
    );
  return {
    ...(kept === undefined ? {} : { connections: Number(kept.args[0]) }),
    ...(requests === undefined ? {} : { requests: Number(requests.args[0]) }),
  };
}
