import { corsSettings } from "./cors";
import { commonHeaders } from "./headers";
import { addHeader, block, type Lines } from "./lines";
import type { Balancer } from "./model";

/** Where the texts of failures are in the balancer's container. */
const pagesFolder = "/etc/flotilla/live/pages";

/** An answer of Nginx itself instead of its plain page; an application's own failures pass as they are. */
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
export function failureMaps({ retryAfterSeconds }: Balancer): Lines {
  return [
    ...block("map $http_accept $error_format", ["~*text/html html;", "default json;"]),
    ...block("map $arg_after $unavailable_seconds", [`"" ${retryAfterSeconds};`, "default $arg_after;"]),
  ];
}

/** Gives Nginx's own failures a form that people and programs can read. */
export const failureSettings: Lines = failures.map(
  ({ name, status, of }) => `error_page ${of.join(" ")} =${status} /.flotilla/${name}.$error_format;`,
);

/** The refusal of everything for as long as clients are told to stay away, with a text of its own where it has one. */
export function refuseFor(seconds: number, name = "unavailable"): Lines {
  return [`error_page 503 =503 /.flotilla/${name}.$error_format?after=${seconds};`, "return 503;"];
}

/** The places that `failureSettings` names. */
export function failureLocations(balancer: Balancer): Lines[] {
  return failures.flatMap(({ name, status, text }) => {
    const headers = failureHeaders(balancer, status === 429 ? "1" : "$unavailable_seconds");
    return [
      block(`location = /.flotilla/${name}.json`, [
        ...headers,
        "default_type application/json;",
        `return ${status} '{"error":"${text}"}';`,
      ]),
      fileLocation(`${name}.html`, headers),
    ];
  });
}

/** The places of a text that `refuseFor` names, which is in files. */
export function refusalLocations(balancer: Balancer, name: string): Lines[] {
  const headers = failureHeaders(balancer, "$unavailable_seconds");
  return [`${name}.json`, `${name}.html`].map((file) => fileLocation(file, headers));
}

/** Added in these places alone: an application's own failure is not to get them. */
function failureHeaders(balancer: Balancer, retryAfter: string): Lines {
  const cors = balancer.cors === undefined ? [] : corsSettings(balancer, balancer.cors).headers;
  const retry = addHeader({ name: "Retry-After", value: retryAfter });
  return ["internal;", ...commonHeaders(balancer), ...cors, retry];
}

function fileLocation(file: string, headers: Lines): Lines {
  const type = file.endsWith(".json") ? "application/json" : "text/html";
  return block(`location = /.flotilla/${file}`, [
    ...[...headers, `default_type ${type};`, `alias ${pagesFolder}/${file};`],
  ]);
}

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
