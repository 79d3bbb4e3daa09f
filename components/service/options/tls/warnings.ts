import { coversHost, findNearEnd } from "../../../../deploy/certificate-faults";
import { chooseCertificate } from "../../../../nginx/tls";
import type { Route } from "../route/schema";
import type { Tls } from "./schema";

/** Finds what will trouble clients, though it keeps nobody from deploying. */
export function findCertificateWarnings(
  tls: Tls | undefined,
  routes: Pick<Route, "host">[],
  now = new Date(),
): string[] {
  if (tls === undefined) return [];
  const { certificates } = tls;
  if (certificates === undefined)
    return [
      "balancer.tls has no certificates, so that Flotilla makes one that no browser trusts. Set balancer.tls.certificates: a list with certificate and key, or in a stack's file with certificateFile and keyFile.",
    ];
  const soon = certificates.flatMap(({ certificate }, index) => {
    const day = typeof certificate === "string" ? findNearEnd(certificate, now) : undefined;
    const where = `balancer.tls.certificates[${index}]`;
    return day === undefined ? [] : [`${where} expires on ${day}: renew it, and run an update again.`];
  });
  const hosts = [...new Set(routes.flatMap(({ host }) => host ?? []))];
  const uncovered = hosts.filter((host) => {
    const certificate = chooseCertificate(certificates, host)?.certificate;
    return typeof certificate === "string" && coversHost(certificate, host) === false;
  });
  return [
    ...soon,
    ...uncovered.map(
      (host) => `No certificate of balancer.tls.certificates is for ${host}, which a route names.`,
    ),
  ];
}
