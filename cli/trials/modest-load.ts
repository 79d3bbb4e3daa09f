import { setTimeout as wait } from "node:timers/promises";
import { number, texts } from "../command";
import { Failure } from "../failure";
import { addressRoutes } from "../load/address";
import { type Load, startLoad } from "../load/load";
import { checkRoute, readRoutes } from "../load/routes";
import type { DeployedStack } from "../operator/parts";

/** Options of a load beside a trial. */
export const loadOptions = {
  url: texts(
    "route",
    'a path of the stack that is asked, with a method and a weight where that matters: "POST /orders 2"; may be repeated; / when left out',
    checkRoute,
  ),
  rate: number("number", "requests a second; 20 when left out", 20, { least: 1, most: 2000 }),
};

/** A load beside a trial. */
export interface LoadRequest {
  url: string[];
  rate: number;
}

/** Seconds of load before a trial begins. */
const seconds = 2;

/** Seconds after which a load that nobody ended ends by itself. */
const mostSeconds = 3600;

/** Starts a load that goes on until it is stopped; fails where the stack does not answer before anything is done to it. */
export async function startModestLoad({ url, rate }: LoadRequest, stack: DeployedStack): Promise<Load> {
  const { routes, isOwn } = await addressRoutes(readRoutes(url, "GET"), stack);
  const load = startLoad({
    ...{ routes, pace: { rate }, seconds: mostSeconds, requests: Infinity, timeoutSeconds: 30 },
    ...{ headers: {}, checksCertificates: !isOwn },
  });
  await wait(seconds * 1000);
  const { requests, failed } = load.first.summarize();
  if (requests > failed) return load;
  await load.stop();
  const [route] = routes;
  throw new Failure(
    `${route?.target ?? ""} does not answer, so nothing was tried: ${failed} of ${requests} requests failed. Look at the stack by status, or name another route by --url.`,
  );
}
