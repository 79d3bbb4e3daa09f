import { controlPort } from "./control-port";
import type { Balancer } from "./model";
import { metricsPort } from "./places";

/**
 * Files in which the container of a balancer says something of itself, where several share one network: the rest of the
 * configuration is the same for all of them. It writes them when it starts.
 */
export const ownPlace = {
  folder: "/run/flotilla",
  /** Its address at the control port. */
  address: "/run/flotilla/address",
  /** The generation that its Nginx was told to use. */
  told: "/run/flotilla/told",
  /** Is there from when it is told to end. */
  ends: "/run/flotilla/ends",
  /** Is there while it is the one that does for all of them what one has to do. */
  leads: "/run/flotilla/leads",
  /** Directives of the control server's upstream, of the control server, and of the one that Prometheus asks. */
  upstream: "/run/flotilla/control-upstream.conf",
  control: "/run/flotilla/control-listen.conf",
  metrics: "/run/flotilla/metrics-listen.conf",
} as const;

/** Address of a balancer that is alone in its network, and of a front. */
export const loneAddress = "127.0.0.1";

/** A place at the control port as Nginx names it in the addresses of a request's tries. */
export function isControl(address: string): boolean {
  return address.startsWith("127.0.0.") && address.endsWith(`:${controlPort}`);
}

/** The control server as the other servers name it. */
export function nameControl({ sharesFront }: Pick<Balancer, "sharesFront">): string {
  return sharesFront ? "flotilla_control" : `${loneAddress}:${controlPort}`;
}

/** Where the control server listens. */
export function controlListener({ sharesFront }: Pick<Balancer, "sharesFront">): string {
  return sharesFront ? `include ${ownPlace.control};` : `listen ${loneAddress}:${controlPort};`;
}

/** Where the server listens that Prometheus asks. */
export function metricsListener({ sharesFront }: Pick<Balancer, "sharesFront">): string {
  return sharesFront ? `include ${ownPlace.metrics};` : `listen ${metricsPort};`;
}
