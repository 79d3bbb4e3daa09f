import { findUncounted } from "./last-resort";
import { block, type Lines } from "./lines";
import { uncountedFolder } from "./members";
import type { Balancer, Sticky, Upstream } from "./model";

/** The groups of a pool's replicas, whose members stand in files of their own. */
export function renderUpstreams(balancer: Balancer): Lines[] {
  return balancer.upstreams.flatMap((upstream) => {
    const uncounted = findUncounted(balancer, upstream);
    return [
      renderUpstream(upstream, upstream.name, "members"),
      ...(uncounted === undefined ? [] : [renderUpstream(upstream, uncounted.name, uncountedFolder)]),
    ];
  });
}

function renderUpstream(upstream: Upstream, group: string, folder: string): Lines {
  const { name, keepalive } = upstream;
  return block(`upstream ${group}`, [
    `zone ${group} ${upstream.zoneMiB}m;`,
    ...renderMethod(upstream),
    ...(upstream.sticky === undefined ? [] : [renderSticky(upstream.sticky)]),
    `include ${folder}/${name}.conf;`,
    `keepalive ${keepalive.connections};`,
    `keepalive_requests ${keepalive.requests};`,
    `keepalive_timeout ${Math.round(keepalive.seconds * 1000)}ms;`,
  ]);
}

function renderMethod({ name, method }: Upstream): Lines {
  switch (method) {
    case "round-robin":
      return [];
    case "least_conn":
      return ["least_conn;"];
    case "ip_hash":
      return ["ip_hash;"];
    case "hash":
      return [`hash $${hashVariable(name)} consistent;`];
    case "random":
      return ["random two least_conn;"];
  }
}

function renderSticky({ cookie, seconds, secure, sameSite }: Sticky): string {
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
