import { countedFormat } from "./counted";
import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import { metricsListener } from "./own-place";
import { places } from "./places";
import type { Route } from "./route-model";

/** Whether something needs Nginx's JavaScript; without it the configuration has none. */
export function needsWatch({ metrics, prometheus, purgeAllow, upstreams }: Balancer): boolean {
  if (metrics || prometheus !== undefined || purgeAllow.length > 0) return true;
  return upstreams.some(({ health, holdSeconds }) => health !== undefined || holdSeconds > 0);
}

/** Modules that are loaded at the top of `nginx.conf`. */
export function watchModules(balancer: Balancer): Lines {
  return needsWatch(balancer) ? ["load_module modules/ngx_http_js_module.so;"] : [];
}

/** Directives of the watch in the `http` block. */
export function watchHttp(balancer: Balancer): Lines {
  if (!needsWatch(balancer)) return [];
  return [
    "js_engine qjs;",
    "js_import watch from watch.js;",
    "js_shared_dict_zone zone=flotilla_watch:1m;",
    "js_shared_dict_zone zone=flotilla_counts:4m type=number;",
    "js_shared_dict_zone zone=flotilla_locks:512k timeout=5s;",
    "js_shared_dict_zone zone=flotilla_hours:4m;",
    ...countedFormat(balancer),
    ...(balancer.purgeAllow.length === 0 ? [] : crossSiteMap),
  ];
}

// A browser that may purge must not do so for a page of another site. Over plain HTTP most say the page's origin alone.
const crossSiteMap = block('map "$http_sec_fetch_site $http_origin $host" $is_cross_site', [
  '"~^(?:same-origin|none) " 0;',
  '"~^  " 0;',
  String.raw`"~^ https?://(?<site>[^ ]+?)(?::[0-9]+)? \k<site>$" 0;`,
  "default 1;",
]);

/** Locations of every public server for those who may see the balancer's state, or have kept answers forgotten. */
export function watchServer(balancer: Balancer): Lines[] {
  return [...showState(balancer), ...purgePlace(balancer)];
}

function showState(balancer: Balancer): Lines[] {
  const { statusAllow } = balancer;
  if (statusAllow.length === 0) return [];
  return [
    restricted("/nginx-status", statusAllow, ["stub_status;"]),
    ...(needsWatch(balancer)
      ? [restricted("/lb/status", statusAllow, ["js_content watch.status;", ...askSoon(balancer)])]
      : []),
    ...(balancer.prometheus === undefined
      ? []
      : [
          restricted("/lb/alerts", statusAllow, ["js_content watch.alerts;"]),
          askPrometheus(balancer.prometheus),
        ]),
  ];
}

/**
 * Locations that say whether every pool can answer; a route of the same path has it answered by a replica. Without the
 * watch nobody could tell, so there are none.
 */
export function healthLocations(balancer: Balancer, routes: Route[]): Lines[] {
  const { ownHealth, upstreams } = balancer;
  if (!needsWatch(balancer)) return [];
  const seconds = Math.max(0, ...upstreams.map(({ probe }) => probe.seconds)) + 2;
  return ownHealth
    .filter((path) => !routes.some((route) => route.path === path && route.match !== "regex"))
    .map((path) =>
      block(`location = ${path}`, [
        "access_log off;",
        ...(balancer.tellsEnd ? block(`if (-f ${places.ends})`, ["return 503;"]) : []),
        "js_content watch.health;",
        `js_fetch_timeout ${seconds}s;`,
      ]),
    );
}

function purgePlace(balancer: Balancer): Lines[] {
  const { purgeAllow } = balancer;
  if (purgeAllow.length === 0) return [];
  const refusal = block("if ($is_cross_site)", ["return 403;"]);
  return [restricted("/lb/purge", purgeAllow, [...refusal, "js_content watch.purge;", ...askSoon(balancer)])];
}

/** Others that share the network are asked, who may be gone. */
function askSoon({ sharesFront }: Balancer): Lines {
  return sharesFront ? ["js_fetch_timeout 2s;"] : [];
}

function restricted(path: string, allowed: string[], directives: Lines): Lines {
  return block(`location = ${path}`, [
    ...allowed.map((address) => `allow ${address};`),
    "deny all;",
    "access_log off;",
    ...directives,
  ]);
}

/** Asks Prometheus for its rules, with the client's own credentials. It may come and go: nothing waits for its name. */
function askPrometheus(address: string): Lines {
  return block("location = /lb/alerts/rules", [
    "internal;",
    "access_log off;",
    `set $prometheus ${address};`,
    "proxy_pass http://$prometheus/api/v1/rules;",
    "proxy_method GET;",
    "proxy_pass_request_body off;",
    'proxy_set_header Content-Length "";',
    // What is compressed cannot be read here.
    'proxy_set_header Accept-Encoding "";',
    "proxy_connect_timeout 2s;",
    "proxy_read_timeout 10s;",
    // All rules with what they say; without room for them, there would be no answer at all.
    "subrequest_output_buffer_size 1m;",
  ]);
}

/** Locations of the control server: what is done by the clock, and the waiting room. */
export function watchControl(balancer: Balancer): Lines[] {
  if (!needsWatch(balancer)) return [];
  return [
    // For who runs the stack, whatever is published and to whom.
    block("location = /figures", ["js_content watch.figures;", ...askSoon(balancer)]),
    ...(balancer.sharesFront
      ? [
          block("location = /counted", ["js_content watch.counted;"]),
          block("location = /purge", ["js_content watch.purgeOwn;"]),
        ]
      : []),
    renderPeriodic("tick", 1, 900),
    ...balancer.upstreams.flatMap(({ health }, i) => {
      if (health === undefined) return [];
      const { intervalSeconds, timeoutSeconds } = health;
      // An answer that outlasts the interval would be cut by the next question, and never count.
      const deadlineMs = Math.min(timeoutSeconds * 1000, intervalSeconds * 1000 - 100);
      return [renderPeriodic(`ask${i}`, intervalSeconds, deadlineMs)];
    }),
    ...(balancer.upstreams.some(({ holdSeconds }) => holdSeconds > 0)
      ? [
          block("location = /hold", [
            "error_log /dev/null crit;",
            "js_content watch.hold;",
            "js_fetch_timeout 3s;",
          ]),
        ]
      : []),
  ];
}

function renderPeriodic(name: string, seconds: number, deadlineMs: number): Lines {
  return block(`location @${name}`, [
    // A replica that is down would fill the log with a line each second; the state says it too.
    "error_log /dev/null crit;",
    `js_periodic watch.${name} interval=${seconds}s;`,
    `js_fetch_timeout ${deadlineMs}ms;`,
  ]);
}

/** The server that Prometheus asks. */
export function metricsServer(balancer: Balancer): Lines {
  if (!balancer.metrics) return [];
  return block("server", [
    metricsListener(balancer),
    "access_log off;",
    "",
    ...block("location = /metrics", ["js_content watch.metrics;"]),
    "",
    ...block("location = /connections", ["internal;", "stub_status;"]),
    "",
    ...block("location /", ["return 404;"]),
  ]);
}
