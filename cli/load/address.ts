import { lookup } from "node:dns/promises";
import { BlockList, isIP } from "node:net";
import type { Part } from "../../engine/parts";
import { Failure, Misuse } from "../failure";
import { type DeployedStack, listFronts } from "../operator/parts";
import type { Route } from "./routes";

/** Routes with an address each, and whether all of them are the stack's own. */
export interface AddressedRoutes {
  routes: Route[];
  isOwn: boolean;
}

/** Gives paths the address at which the stack answers; refuses addresses of others unless they are allowed. */
export async function addressRoutes(
  routes: Route[],
  { engine, parts }: Pick<DeployedStack, "engine" | "parts">,
  allowPublic = false,
): Promise<AddressedRoutes> {
  const isOwn = routes.every(({ target }) => target.startsWith("/"));
  const own = routes.some(({ target }) => target.startsWith("/")) ? findOwnAddress(parts, engine.host) : "";
  const addressed = routes.map((route) =>
    route.target.startsWith("/") ? { ...route, target: `${own}${route.target}` } : route,
  );
  if (!allowPublic)
    await refusePublic(
      addressed.filter((_, at) => !routes[at]?.target.startsWith("/")),
      hostOf(engine.host),
    );
  return { routes: addressed, isOwn };
}

/** Where the engine of a stack is reached; this machine where that was not said. */
export function hostOf(engine: string | undefined): string {
  if (engine === undefined || !/^(?:ssh|tcp|https?):/.test(engine) || !URL.canParse(engine))
    return "localhost";
  return new URL(engine).hostname;
}

/** Finds where clients reach a stack: at a published port of a balancer, and by TLS where it has that. */
export function findOwnAddress(parts: Part[], engine: string | undefined): string {
  const published = listFronts(parts).flatMap((part) => (part.state === "running" ? part.published : []));
  const port = published.find(({ inside }) => inside === "443/tcp") ?? published[0];
  if (port === undefined)
    throw new Failure(
      "No balancer of the stack that runs has a port on its host. Name an address by --url, such as --url http://10.0.0.5:8080/.",
    );
  const scheme = port.inside === "443/tcp" ? "https" : "http";
  const host = isEverywhere(port.address) ? hostOf(engine) : port.address;
  return `${scheme}://${host.includes(":") ? `[${host}]` : host}:${port.port}`;
}

function isEverywhere(address: string): boolean {
  return ["", "0.0.0.0", "::"].includes(address);
}

const nearby = new BlockList();
for (const [net, bits] of [
  ["10.0.0.0", 8],
  ["127.0.0.0", 8],
  ["169.254.0.0", 16],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
] as const)
  nearby.addSubnet(net, bits, "ipv4");
nearby.addAddress("::1", "ipv6");
nearby.addSubnet("fc00::", 7, "ipv6");
nearby.addSubnet("fe80::", 10, "ipv6");

/** Whether an IP address is of this machine or of a private network. */
export function isNearby(ip: string): boolean {
  return nearby.check(ip, isIP(ip) === 6 ? "ipv6" : "ipv4");
}

/** Finds the IP addresses of a host. */
export type Resolve = (host: string) => Promise<string[]>;

const resolveHost: Resolve = async (host) =>
  (await lookup(host, { all: true })).map(({ address }) => address);

/** Refuses routes that lead to somebody else's machines, all at once. */
export async function refusePublic(routes: Route[], ownHost: string, resolve = resolveHost): Promise<void> {
  const hosts = [...new Set(routes.map(({ target }) => new URL(target).hostname.replace(/^\[|\]$/g, "")))];
  const refusals = await Promise.all(hosts.map((host) => refuse(host, ownHost, resolve)));
  const said = refusals.flatMap((each) => each ?? []);
  if (said.length > 0) throw new Misuse(said.join("\n"));
}

async function refuse(host: string, ownHost: string, resolve: Resolve): Promise<string | undefined> {
  if (host === ownHost) return undefined;
  const ips = isIP(host) === 0 ? await resolve(host).catch(() => undefined) : [host];
  if (ips === undefined) return `--url names the host ${host}, which nobody knows.`;
  const far = ips.find((ip) => !isNearby(ip));
  if (far === undefined) return undefined;
  const at = far === host ? "" : ` (${far})`;
  return `--url must be of this machine, of a private network or of the stack's engine, got ${host}${at}. Where it is yours to load, add --allow-public.`;
}
