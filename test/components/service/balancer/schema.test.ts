import { describe, expect, test } from "vitest";
import { toBalancer } from "../../../support/balancers";
import { makeTestCertificate } from "../../../support/certificates";
import { describeFaults } from "../../../support/service";

const site = makeTestCertificate();
const api = { image: "node:24", port: 3000 };

const describeService = (args: object): string[] => describeFaults({ pools: { api }, ...args });
const describePool = (fields: object): string[] => describeFaults({ pools: { api: { ...api, ...fields } } });
const describeBalancer = (balancer: object): string[] => describeService({ balancer });
const describeStatic = (files: object): string[] =>
  describeService({ routes: [{ pool: "api" }, { path: "/x/", static: files }] });
const describeRoute = (route: object): string[] => describeService({ routes: [{ pool: "api", ...route }] });

test("takes everything that can be set", () => {
  expect(
    describeService({
      pools: {
        api: {
          ...api,
          replicas: 3,
          balancing: {
            method: "round-robin",
            weights: [3, 1],
            spares: 1,
            maxConnections: 100,
            sticky: { cookie: "r", seconds: 60, secure: true, sameSite: "none" },
            keepalive: { connections: 64, requests: 100, idleSeconds: 0.5 },
            failures: { count: 3, seconds: 30 },
            retries: { on: ["error", "http_500"], tries: 2, repeatWrites: true },
            activeHealth: { enabled: true, intervalSeconds: 5, timeoutSeconds: 2, strikes: 2 },
            holdSeconds: 10,
            timeouts: { connectSeconds: 2 },
          },
        },
      },
      routes: [
        {
          pool: "api",
          cache: {
            seconds: 1,
            staleSeconds: 0,
            key: "$uri",
            bypass: ["$arg_fresh"],
            browserSeconds: 9,
            immutable: true,
            maxMiB: 1,
          },
        },
        { path: "/rpc", pool: "api", protocol: "grpc", rate: { perSecond: 0.5, burst: 0 } },
        {
          path: "/old",
          redirect: { to: "/new$uri_of_mine$request_uri", status: 308 },
        },
        {
          path: "/files/",
          static: { folder: "docs", seconds: 0, immutable: false, fallback: "architecture.svg" },
          access: { allow: ["::1"], deny: ["10.0.0.0/8"] },
        },
        {
          path: String.raw`^/v\d+/(?:a|b){2}$`,
          match: "regex",
          pool: "api",
          rewrite: { pattern: "^/v", to: "/" },
        },
        { path: "/up", pool: "api", stream: { silentSeconds: 60 }, streamsUploads: true, bodyLimitMiB: 0 },
        {
          path: "/x",
          pool: "api",
          maintenance: {},
          headers: { "X-A": "b" },
          directives: ["proxy_buffers 4 8k"],
        },
      ],
      balancer: {
        image: "nginx:1.30.4",
        version: "1.30",
        tls: { port: 8443, redirect: false, http2: false, minimumVersion: "1.3", hsts: { preload: true } },
        cors: { origins: ["https://*.example.com:8443", "http://localhost:5173"], credentials: true },
        trustedProxies: { addresses: ["10.0.0.0/8"], header: "CF-Connecting-IP" },
        headers: { servedBy: "balancer", frameOptions: "" },
        accessLog: { format: "combined", sample: 0.5 },
        status: { allow: ["127.0.0.1"], purgeAllow: ["10.0.0.0/8"], metrics: false },
        maintenance: { enabled: false },
        unavailablePage: "<h1>Back soon</h1>",
      },
    }),
  ).toEqual([]);
});

// prettier-ignore
const cases: [string, string[], string][] = [
  ["a weight of 0", describePool({ balancing: { weights: [3, 0] } }), "pools.api.balancing.weights[1] must be a whole number from 1 to 1000, got 0. Set 1 or more; for a replica that gets no request, set replicas."],
  ["a negative timeout", describePool({ balancing: { timeouts: { readSeconds: -1 } } }), "pools.api.balancing.timeouts.readSeconds must be a whole number from 1 to 86400, got -1."],
  ["a connection that is closed at once", describePool({ balancing: { keepalive: { idleSeconds: 0 } } }), "pools.api.balancing.keepalive.idleSeconds must be a number from 0.1 to 3600, got 0."],
  ["a hash of nothing", describePool({ balancing: { method: "hash" } }), "pools.api.balancing.hashKey must be set where method is hash, got nothing. Name what requests for the same replica have in common, like $cookie_user."],
  ["a key that nothing hashes", describePool({ balancing: { hashKey: "$uri" } }), 'pools.api.balancing.hashKey must be left out unless method is hash, got "$uri". Set method to hash, or remove it.'],
  ["a key that ends the directive", describePool({ balancing: { method: "hash", hashKey: "$uri;}" } }), 'pools.api.balancing.hashKey must hold an Nginx variable and no spaces, like $cookie_user, got "$uri;}".'],
  ["nothing but spares", describePool({ replicas: 2, balancing: { spares: 2 } }), "pools.api.balancing.spares must be less than replicas (2), got 2. One replica at least must be no spare."],
  ["spares of ip_hash", describePool({ replicas: 2, balancing: { spares: 1, method: "ip_hash" } }), "pools.api.balancing.spares must be left out where method is ip_hash, got 1. Nginx has no spares with it: use least_conn or round-robin."],
  ["no condition for another try", describePool({ balancing: { retries: { on: [] } } }), "pools.api.balancing.retries.on must be a list of conditions; to switch retries off, set tries to 1, got an empty list."],
  ["a question that outlasts its interval", describePool({ balancing: { activeHealth: { intervalSeconds: 2, timeoutSeconds: 3 } } }), "pools.api.balancing.activeHealth.timeoutSeconds must be at most intervalSeconds (2), got 3. Or one question would not be over when the next is asked."],
  ["a cookie that browsers refuse", describePool({ balancing: { sticky: { sameSite: "none", secure: false } } }), "pools.api.balancing.sticky.secure must be true where sameSite is none, got false. Browsers take such a cookie over TLS alone."],
  ["sticky on an old Nginx", describeFaults({ pools: { api: { ...api, balancing: { sticky: {} } } }, balancer: { image: "nginx:1.28.2" } }), 'pools.api.balancing.sticky must be left out below Nginx 1.29.6, got "Nginx 1.28.2". Use a newer Nginx, or the method ip_hash or hash.'],
  ["an Nginx that is too old", describeBalancer({ image: "nginx:1.26-alpine" }), 'balancer.image must be Nginx 1.28 or newer, got "nginx:1.26-alpine". Older ones do not follow a replica\'s new address.'],
  ["a version that is too old", describeBalancer({ image: "web:1", version: "1.22.1" }), 'balancer.version must be Nginx 1.28 or newer, got "1.22.1". Older ones do not follow a replica\'s new address.'],
  ["one port for plain HTTP and TLS", describeBalancer({ port: 443, tls: { port: 443 } }), "balancer.tls.port must differ from balancer.port, got 443. Plain HTTP and TLS need a port each."],
  ["a purge by nobody", describeBalancer({ status: { purgeAllow: [] } }), "balancer.status.purgeAllow must hold one address or network at least, got an empty list."],
  ["plain HTTP beside certificates of clients", describeBalancer({ tls: { redirect: false, clients: { authority: site.certificate } } }), "balancer.tls.redirect must be true where clients must show certificates, got false. Over plain HTTP nobody shows one: remove it, or set clients.required to false."],
  ["a network that is none", describeBalancer({ access: { allow: ["10.0.0.0/33"] } }), 'balancer.access.allow[0] must be an address or a network, got "10.0.0.0/33". Write it like 10.1.2.3 or 10.0.0.0/8.'],
  ["nobody who may ask", describeBalancer({ access: { allow: [] } }), "balancer.access.allow must be a list of addresses and networks, one at least, got an empty list."],
  ["cookies for every site", describeBalancer({ cors: { origins: ["*"], credentials: true } }), 'balancer.cors.origins must name origins where credentials is true, got "*". Browsers refuse cookies for every site: name the origins.'],
  ["an origin with a path", describeBalancer({ cors: { origins: ["https://a.example/"] } }), 'balancer.cors.origins[0] must be * or an origin without path, got "https://a.example/". Write it like https://www.example.com or https://*.example.com.'],
  ["a sample of nothing", describeBalancer({ accessLog: { sample: 0 } }), "balancer.accessLog.sample must be a number above 0, up to 1, in steps of 0.0001, got 0."],
  ["a key that is no key", describeBalancer({ tls: { certificates: [{ certificate: site.certificate, key: "hunter2" }] } }), "balancer.tls.certificates[0].key must hold a key in PEM, got (hidden)."],
  ["a certificate that is missing", describeBalancer({ tls: { certificates: [{ key: site.key }] } }), "balancer.tls.certificates[0].certificate must hold a certificate in PEM, got nothing."],
  ["a header of two lines", describeBalancer({ headers: { contentSecurityPolicy: "a\nb" } }), 'balancer.headers.contentSecurityPolicy must be a text on one line, got "a\\nb".'],
  ["a route that leads nowhere", describeService({ routes: [{ pool: "api" }, { path: "/x" }] }), "routes[1].pool must be set, or redirect or static, got nothing. Name the pool that answers, or say where clients are sent, or which folder has the files."],
  ["a route that leads to two places", describeRoute({ redirect: { to: "/" } }), "routes[0].redirect must be left out where pool is set, got an object. Keep one of the two."],
  ["what a redirect cannot have", describeService({ routes: [{ pool: "api" }, { path: "/x", redirect: { to: "/" }, stream: {} }] }), "routes[1].stream must be left out beside redirect, got an object. Remove it."],
  ["a kept stream", describeRoute({ stream: {}, cache: {} }), "routes[0].cache must be left out beside stream, got an object. Remove it."],
  ["a redirect with another status", describeService({ routes: [{ pool: "api" }, { path: "/x", redirect: { to: "/", status: 200 } }] }), "routes[1].redirect.status must be 301, 302, 303, 307 or 308, got 200."],
  ["a redirect by a decoded path", describeService({ routes: [{ pool: "api" }, { path: "/x", redirect: { to: "https://b.example$uri" } }] }), 'routes[1].redirect.to must hold none of $uri, $document_uri and $request_filename, got "https://b.example$uri". They are decoded, so that %0d%0a in a path would add headers to the answer: write $request_uri.'],
  ["a header with a decoded path", describeRoute({ headers: { "X-Path": "at ${document_uri}" } }), 'routes[0].headers.X-Path must hold none of $uri, $document_uri and $request_filename, got "at ${document_uri}". They are decoded, so that %0d%0a in a path would add headers to the answer: write $request_uri.'],
  ["a policy with a decoded path", describeBalancer({ headers: { contentSecurityPolicy: "report-uri $uri" } }), 'balancer.headers.contentSecurityPolicy must hold none of $uri, $document_uri and $request_filename, got "report-uri $uri". They are decoded, so that %0d%0a in a path would add headers to the answer: write $request_uri.'],
  ["a folder that is not there", describeService({ routes: [{ pool: "api" }, { path: "/x/", static: { folder: "no/where" } }] }), `routes[1].static.folder must be a folder that is there, got "no/where". It is looked for from ${process.cwd()}.`],
  ["a folder at half a path", describeService({ routes: [{ pool: "api" }, { path: "/x", static: { folder: "docs" } }] }), 'routes[1].path must be the start of a path and end with / where static is set, got "/x". What follows it is the path of a file in the folder.'],
  ["a folder of this machine", describeStatic({ folder: process.cwd() }), `routes[1].static.folder must be a folder that does not hold the project's, got ${JSON.stringify(process.cwd())}. Write it relative to the project's folder, like public or ../web/public.`],
  ["a folder above the project's", describeStatic({ folder: ".." }), 'routes[1].static.folder must be a folder that does not hold the project\'s, got "..". Write it relative to the project\'s folder, like public or ../web/public.'],
  ["the stacks' own files", describeStatic({ folder: "." }), 'routes[1].static.folder must be a folder that does not hold the project\'s, got ".". Write it relative to the project\'s folder, like public or ../web/public.'],
  ["a page that is not there", describeStatic({ folder: "docs", fallback: "index.html" }), 'routes[1].static.fallback must name a file of the folder, got "index.html". Create it.'],
  ["a page that never changes", describeStatic({ folder: "docs", fallback: "architecture.svg", immutable: true }), "routes[1].static.immutable must be left out beside fallback, got true. Browsers would never ask for the page again: give the files that never change a route."],
  ["immutable answers that browsers do not keep", describeRoute({ cache: { immutable: true } }), "routes[0].cache.browserSeconds must be set where immutable is true, got nothing. Set the seconds for which browsers keep an answer, like 31536000."],
  ["a regular expression as a path", describeRoute({ path: String.raw`^/v\d` }), String.raw`routes[0].path must start with / and hold no spaces, quotes, backslashes or any of { } ; ? #, got "^/v\\d". For a regular expression, set match to regex.`],
  ["no requests at all", describeRoute({ rate: { perSecond: 0 } }), "routes[0].rate.perSecond must be a number of requests per second, from 0.02 to 1000000, got 0."],
  ["an equal route", describeService({ routes: [{ pool: "api", path: "/a" }, { pool: "api", path: "/a" }] }), 'routes[1] must differ from routes[0] in host or path, got "/a". Remove one.'],
];

describe("the balancer", () => {
  test.each(cases)("refuses %s", (_, found, message) => {
    expect(found).toEqual([message]);
  });

  test("of an internal pool is of the same version as the one in front", () => {
    const pools = { api, db: { ...api, reachableFrom: ["api"] } };
    const balancer = { image: "nginx:1.28.2" };
    expect(toBalancer({ pools, balancer }, "db-balancer").version).toEqual([1, 28, 2]);
  });

  test("has equal paths in routes that are compared in different ways", () => {
    const routes = ["prefix", "exact", "regex"].map((match) => ({ path: "/a", match, pool: "api" }));
    expect(describeService({ routes })).toEqual([]);
  });
});
