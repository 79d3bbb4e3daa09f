import { addHeader, block, escapePattern, type Lines } from "./lines";
import type { Balancer } from "./model";
import type { Cors } from "./route-model";

/** The different permissions of a balancer; a route without its own has the balancer's. */
function listPermissions({ cors, routes }: Balancer): Cors[] {
  const all = [cors, ...routes.map((route) => route.cors)].filter((entry) => entry !== undefined);
  return all.filter((entry, index) => all.findIndex((other) => isSame(other, entry)) === index);
}

function isSame(one: Cors, other: Cors): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

/** Variables that are not empty where a page's origin may ask. */
export function corsMaps(balancer: Balancer): Lines {
  return listPermissions(balancer).flatMap(({ origins }, index) => {
    const number = index + 1;
    return [
      ...block(
        `map $http_origin $cors_origin_${number}`,
        origins.includes("*")
          ? ['"" "";', 'default "*";']
          : [...origins.map((origin) => `${matchOrigin(origin)} $http_origin;`), 'default "";'],
      ),
      ...block(
        `map "$request_method:$http_access_control_request_method:$cors_origin_${number}" $cors_preflight_${number}`,
        ["~^OPTIONS:[A-Z]+:. 1;", 'default "";'],
      ),
    ];
  });
}

function matchOrigin(origin: string): string {
  return origin.includes("*")
    ? `"~^${origin.split("*").map(escapePattern).join("[^./:]+")}$"`
    : `"${origin}"`;
}

/** Headers of a replica's answer that a permission's own stand in for. */
export const corsHeaders = [
  "Access-Control-Allow-Origin",
  "Access-Control-Allow-Credentials",
  "Access-Control-Expose-Headers",
];

/** The headers of a permission, and the answer to a browser that asks whether it may ask. */
export function corsSettings(balancer: Balancer, cors: Cors): { headers: Lines; preflight: Lines } {
  const number = listPermissions(balancer).findIndex((entry) => isSame(entry, cors)) + 1;
  const headers = [
    addHeader({ name: "Access-Control-Allow-Origin", value: `$cors_origin_${number}` }),
    ...(cors.credentials ? [addHeader({ name: "Access-Control-Allow-Credentials", value: "true" })] : []),
    ...(cors.exposed.length === 0
      ? []
      : [addHeader({ name: "Access-Control-Expose-Headers", value: cors.exposed.join(", ") })]),
    // A cache between here and the browser must not give one origin's answer to another.
    addHeader({ name: "Vary", value: "Origin" }),
  ];
  const preflight = block(`if ($cors_preflight_${number})`, [
    ...headers,
    addHeader({ name: "Access-Control-Allow-Methods", value: cors.methods.join(", ") }),
    ...(cors.headers.length === 0
      ? []
      : [addHeader({ name: "Access-Control-Allow-Headers", value: cors.headers.join(", ") })]),
    addHeader({ name: "Access-Control-Max-Age", value: String(cors.maxAgeSeconds) }),
    "return 204;",
  ]);
  return { headers, preflight };
}
