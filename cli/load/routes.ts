import { Misuse } from "../failure";

/** Requests that a load sends. */
export interface Route {
  method: string;
  /** An address, or a path of the stack's own. */
  target: string;
  /** How many of them there are among the others. */
  weight: number;
}

const form = /^(?:(?<method>[A-Z]+) +)?(?<target>\/\S*|https?:\/\/\S+)(?: +(?<weight>[1-9]\d{0,3}))?$/;

/** Reads routes such as `/`, `POST /orders` or `GET https://shop.internal/ 3`. */
export function readRoutes(written: string[], method: string): Route[] {
  return (written.length === 0 ? ["/"] : written).map((text) => readRoute(text, "--url", method));
}

/** Refuses what is no route. */
export function checkRoute(text: string, place: string): void {
  readRoute(text, place, "GET");
}

function readRoute(text: string, place: string, usual: string): Route {
  const { target, method = usual, weight = "1" } = form.exec(text.trim())?.groups ?? {};
  if (target === undefined || (target.startsWith("http") && !URL.canParse(target)))
    throw new Misuse(
      `${place} must be a path or an address, with a method before it and its weight behind it where that matters, got ${JSON.stringify(text)}. Write it like /, "/api/orders 3" or "POST /orders 1".`,
    );
  return { method, target, weight: Number(weight) };
}

/** A route as people write it. */
export function nameRoute({ method, target }: Pick<Route, "method" | "target">): string {
  return `${method} ${target}`;
}

/** Gives one route after the other, each as often as its weight says, and spread as evenly as that can be. */
export function takeTurns<Of extends Pick<Route, "weight">>(routes: Of[]): () => Of {
  const total = routes.reduce((sum, { weight }) => sum + weight, 0);
  const turns = routes.map((route) => ({ route, due: 0 }));
  return () => {
    for (const turn of turns) turn.due += turn.route.weight;
    const next = turns.reduce((best, turn) => (turn.due > best.due ? turn : best));
    next.due -= total;
    return next.route;
  };
}
