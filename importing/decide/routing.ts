// What reading a front needs in every part: who is meant by an address, and which directives have been read.
import type { RouteArgs } from "../../components/types";
import { Scope } from "../nginx/scope";
import type { Directive } from "../nginx/tokens";
import type { Context, Unit } from "./context";
import { type Front, listDirectives } from "./front";

/** A location of Nginx's that becomes a route. */
export interface Reading {
  context: Context;
  front: Front;
  /** Directives that became something, or that the report speaks of. */
  read: Set<Directive>;
  /** The server whose settings are the balancer's. */
  main: Scope;
  /** Whether no client reaches what is read. */
  isInner?: true;
}

/** Where an address leads. */
export interface Target {
  unit: Unit;
  port: number | undefined;
}

/** The unit and port of a host and port as Nginx names them. */
export function findTarget(context: Context, address: string): Target | undefined {
  const [, host = "", written] = /^([^:/]+)(?::(\d+))?$/.exec(address) ?? [];
  const port = written === undefined ? undefined : Number(written);
  if (/^(?:localhost|127\.0\.0\.1|host\.docker\.internal|172\.17\.0\.1)$/.test(host)) {
    for (const unit of context.list)
      for (const { fields } of unit.services)
        for (const { published, target } of fields.ports)
          if (published === port) return { unit, port: target };
    return undefined;
  }
  const unit = context.findUnit(host);
  return unit === undefined ? undefined : { unit, port: port ?? 80 };
}

/** The first directive with a name that counts for a scope, which is then read. */
export function use({ read }: Reading, scope: Scope, name: string): Directive | undefined {
  for (const each of scope.all(name)) read.add(each);
  return scope.one(name);
}

/** The name of a directive in the report. */
export function nameDirective({ name, args }: Directive): string {
  if (args.some((arg) => /authori[sz]ation|password|secret|token|api[_-]?key/i.test(arg))) return `${name} …`;
  const shown = args.map((arg) => (/^[\w$@:/.*^~=,()|\\?+-]*$/.test(arg) ? arg : "…")).join(" ");
  const text = `${name} ${shown}`.trim();
  return text.length > 70 ? `${text.slice(0, 69)}…` : text;
}

/** A route on its way. */
export interface RouteDraft extends RouteArgs {
  path: string;
}

/** The text with the variables that the scope sets to constant values. */
export function fillVariables(text: string, scope: Scope, reading: Reading): string {
  let filled = text;
  for (let each: Scope | undefined = scope; each !== undefined; each = each.parent)
    for (const directive of each.own("set")) {
      const [name = "", value = ""] = directive.args;
      if (value.includes("$") || !filled.includes(name)) continue;
      reading.read.add(directive);
      filled = filled.replaceAll(name, value);
    }
  return filled;
}

/** Whether a text has a variable that these files make themselves. */
export function hasOwnVariable(text: string, { front }: Reading): boolean {
  const made = new Set(
    listDirectives(front.files.directives).flatMap(({ name, args }) =>
      ["map", "geo", "split_clients"].includes(name)
        ? args.slice(-1)
        : name === "set"
          ? args.slice(0, 1)
          : [],
    ),
  );
  return [...text.matchAll(/\$\{?(\w+)/g)].some(([, name = ""]) => made.has(`$${name}`));
}
