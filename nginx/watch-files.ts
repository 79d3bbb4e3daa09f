import { cacheFolder } from "./cache";
import type { Balancer, Upstream } from "./model";
import type { WatchedUpstream, WatchSettings } from "./watch/settings";
import { njsBundle } from "./watch/bundle";
import { needsWatch } from "./watch-directives";

/** Files of the watch besides `nginx.conf`: texts by path. */
export function watchFiles(balancer: Balancer): Record<string, string> {
  if (!needsWatch(balancer)) return {};
  const settings = JSON.stringify(resolveSettings(balancer), undefined, 2);
  return {
    "watch-code.js": njsBundle,
    "watch.js": `import watch from "watch-code.js";\n\nexport default watch(${settings});\n`,
    // Whose replicas may be taken out: what was found before asking was switched off does not count.
    watched: balancer.upstreams
      .filter(({ health }) => health !== undefined)
      .map(({ name }) => `${name}\n`)
      .join(""),
  };
}

function resolveSettings({ name, sharesFront, upstreams, routes }: Balancer): WatchSettings {
  return {
    name,
    sharesFront,
    upstreams: upstreams.map(resolveUpstream),
    routes: routes.map(({ host = "", path, target }) => ({
      title: `${host}${path}`,
      upstream: target.kind === "upstream" ? target.upstream : "",
    })),
    caches: routes.flatMap(({ cache }) =>
      cache === undefined ? [] : [{ folder: `${cacheFolder}/${cache.zone}`, key: cache.key }],
    ),
  };
}

function resolveUpstream({ name, health, holdSeconds, probe }: Upstream): WatchedUpstream {
  const { takesAnyAnswer } = probe;
  if (health === undefined) return { name, holdSeconds, takesAnyAnswer };
  const { path, intervalSeconds, strikes } = health;
  return { name, holdSeconds, takesAnyAnswer, health: { path, intervalSeconds, strikes } };
}
