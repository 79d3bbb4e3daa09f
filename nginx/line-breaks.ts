import { block, type Lines } from "./lines";
import type { Balancer } from "./model";
import type { Route } from "./route-model";

// What a regular expression finds is decoded: a line break in it would add headers to the answer.
function sendsWhatItFinds({ match, rewrite, target, headers }: Route): boolean {
  const sent = [...Object.values(headers), ...(target.kind === "redirect" ? [target.to] : [])];
  return (match === "regex" || rewrite !== undefined) && sent.some((text) => text.includes("$"));
}

/** The map that `refuseLineBreaks` needs. */
export function lineBreakMap({ routes }: Balancer): Lines {
  if (!routes.some(sendsWhatItFinds)) return [];
  return block("map $uri $has_line_break", ["~[[:cntrl:]] 1;", "default 0;"]);
}

/** Refuses paths with a line break where a part of them is sent in a header. */
export function refuseLineBreaks(route: Route): Lines {
  // By a map: a regular expression here would have Nginx forget what the route's own found.
  return sendsWhatItFinds(route) ? block("if ($has_line_break)", ["return 400;"]) : [];
}
