import { block, type Lines } from "./lines";
import type { Balancer } from "./model";

/** Where the texts of failures are in the balancer's container. */
const pagesFolder = "/etc/flotilla/live/pages";

/** What Nginx answers by itself instead of its plain pages; an application's own failures pass as they are. */
interface Failure {
  name: string;
  status: number;
  /** Statuses of Nginx that stand for it. */
  of: number[];
  text: string;
}

const failures: Failure[] = [
  { name: "unavailable", status: 503, of: [502, 503], text: "no replica can answer now" },
  { name: "timeout", status: 504, of: [504], text: "no replica answered in time" },
  { name: "limit", status: 429, of: [429], text: "too many requests" },
];

/** Variables that the answers to failures are made from. */
export const failureMaps: Lines = [
  ...block("map $http_accept $error_format", ["~*text/html html;", "default json;"]),
  ...block('map "$status:$upstream_http_retry_after" $retry_after', [
    '"503:" $unavailable_seconds;',
    '"504:" $unavailable_seconds;',
    '"429:" 1;',
    'default "";',
  ]),
];

/** How long no replica will be there, if nothing else is known. */
export function unavailableSeconds({ retryAfterSeconds }: Balancer): string {
  return `set $unavailable_seconds ${retryAfterSeconds};`;
}

/** Gives Nginx's own failures a form that people and programs can read. */
export const failureSettings: Lines = failures.map(
  ({ name, status, of }) => `error_page ${of.join(" ")} =${status} /.flotilla/${name}.$error_format;`,
);

/** The places that `failureSettings` names. */
export const failureLocations: Lines[] = failures.flatMap(({ name, status, text }) => [
  block(`location = /.flotilla/${name}.json`, [
    "internal;",
    "default_type application/json;",
    `return ${status} '{"error":"${text}"}';`,
  ]),
  block(`location = /.flotilla/${name}.html`, [
    "internal;",
    "default_type text/html;",
    `alias ${pagesFolder}/${name}.html;`,
  ]),
]);

/** The pages, by path relative to `nginx.conf`. */
export function failurePages({ unavailablePage }: Balancer): Record<string, string> {
  return Object.fromEntries(
    failures.map(({ name, status, text }) => [
      `pages/${name}.html`,
      status === 503 ? unavailablePage : renderPage(text),
    ]),
  );
}

/** A page that says one thing. */
export function renderPage(text: string): string {
  const title = `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>body { font: 1.1rem system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem; }</style>
<h1>${title}</h1>
<p>Please try again in a moment.</p>
</html>
`;
}
