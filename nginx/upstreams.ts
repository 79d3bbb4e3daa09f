import { block, type Lines } from "./lines";
import type { Sticky, Upstream } from "./model";

/** A group of replicas, whose members stand in a file of their own. */
export function renderUpstream(upstream: Upstream): Lines {
  const { name, keepalive } = upstream;
  return block(`upstream ${name}`, [
    `zone ${name} 256k;`,
    ...describeMethod(upstream),
    ...(upstream.sticky === undefined ? [] : [describeSticky(upstream.sticky)]),
    `include members/${name}.conf;`,
    `keepalive ${keepalive.connections};`,
    `keepalive_requests ${keepalive.requests};`,
    `keepalive_timeout ${keepalive.seconds}s;`,
  ]);
}

function describeMethod({ name, method }: Upstream): Lines {
  switch (method) {
    case "round-robin":
      return [];
    case "hash":
      return [`hash $${hashVariable(name)} consistent;`];
    case "random":
      return ["random two least_conn;"];
    default:
      return [`${method};`];
  }
}

function describeSticky({ cookie, seconds, secure, sameSite }: Sticky): string {
  return [
    `sticky cookie ${cookie}`,
    ...(seconds === 0 ? [] : [`expires=${seconds}s`]),
    "path=/",
    "httponly",
    `samesite=${sameSite}`,
    ...(secure ? ["secure"] : []),
  ]
    .join(" ")
    .concat(";");
}

/** The variable that holds what a pool's method `hash` goes by. */
export function hashVariable(upstream: string): string {
  return `hash_key_${upstream.replaceAll("-", "_")}`;
}
