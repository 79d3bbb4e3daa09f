import { coversHost, findNearEnd } from "../../../../deploy/certificate-faults";
import { chooseCertificate, names } from "../../../../nginx/tls";
import type { Balancer } from "../../balancer/schema";
import { listAcmeHosts } from "../acme/hosts";
import type { Acme } from "../acme/schema";
import type { Route } from "../route/schema";
import type { Tls } from "./schema";

/** Finds what will trouble clients, though it keeps nobody from deploying. */
export function findCertificateWarnings(
  { tls, port }: Pick<Balancer, "tls" | "port">,
  routes: Pick<Route, "host">[],
  now = new Date(),
): string[] {
  if (tls === undefined) return [];
  const { certificates = [], acme } = tls;
  if (certificates.length === 0 && acme === undefined)
    return [
      "balancer.tls has no certificates, so that Flotilla makes one that no browser trusts. Set balancer.tls.acme: { hosts }, which gets one of Let's Encrypt, or balancer.tls.certificates: a list with certificate and key, or in a stack's file with certificateFile and keyFile.",
    ];
  const soon = certificates.flatMap(({ certificate }, index) => {
    const day = typeof certificate === "string" ? findNearEnd(certificate, now) : undefined;
    const where = `balancer.tls.certificates[${index}]`;
    return day === undefined ? [] : [`${where} expires on ${day}: renew it, and run an update again.`];
  });
  return [...soon, ...findUncovered(tls, routes), ...(acme === undefined ? [] : warnOfPort(acme, port))];
}

function findUncovered({ certificates = [], acme }: Tls, routes: Pick<Route, "host">[]): string[] {
  const asked = acme === undefined ? [] : listAcmeHosts(acme, routes);
  const hosts = [...new Set(routes.flatMap(({ host }) => host ?? []))];
  const uncovered = hosts.filter((host) => {
    if (names(asked, host)) return false;
    const certificate = chooseCertificate(certificates, host)?.certificate;
    return typeof certificate === "string" && coversHost(certificate, host) === false;
  });
  return uncovered.map(
    (host) => `No certificate of balancer.tls.certificates is for ${host}, which a route names.`,
  );
}

/** An authority asks at port 80 and at no other. */
function warnOfPort({ dns }: Acme, port: number): string[] {
  if (dns !== undefined || port === 80) return [];
  return [
    `balancer.tls.acme: an authority asks at port 80 of each host whether it is yours, and balancer.port is ${port}. Set balancer.port to 80, have port 80 of the host lead to ${port}, or set balancer.tls.acme.dns.`,
  ];
}
