import {
  coversHost,
  findAuthorityFaults,
  findFaults,
  findNearEnd,
} from "../../../../deploy/certificate-faults";
import { asList, asRecord, hiddenValue, type Problem } from "../../../arguments/problems";
import type { LoadBalancedServiceArgs } from "../../../types";
import { chooseCertificate } from "../../../../nginx/tls";

type Fields = Record<string, unknown>;
const at = ["balancer", "tls"];

/** Finds what is wrong with certificates and keys whose texts are known already, in data whose shape may be wrong too. */
export function findCertificateProblems(args: unknown, now = new Date()): Problem[] {
  const tls = asRecord(asRecord(asRecord(args)?.balancer)?.tls);
  const certificates = asList(tls?.certificates).map((value) => asRecord(value) ?? {});
  const authority = asRecord(tls?.clients)?.authority;
  return [
    ...checkHosts(certificates),
    ...certificates.flatMap((fields, index) => checkTexts(fields, index, now)),
    ...(isPem(authority)
      ? findAuthorityFaults(authority, now).map(({ field, ...fault }) => ({
          path: [...at, "clients", ...field],
          value: authority,
          ...fault,
        }))
      : []),
  ];
}

// Whatever else a text is, the check of its shape says so.
function isPem(value: unknown): value is string {
  return typeof value === "string" && value.includes("-----BEGIN ");
}

function checkTexts({ certificate, key, hosts }: Fields, index: number, now: Date): Problem[] {
  const known = {
    ...(isPem(certificate) ? { certificate } : {}),
    ...(isPem(key) ? { key } : {}),
    hosts: asList(hosts).filter((host) => typeof host === "string"),
  };
  return findFaults(known, now).map(({ field, ...fault }) => ({
    path: [...at, "certificates", index, ...field],
    value: field[0] === "certificate" ? certificate : hiddenValue,
    ...fault,
  }));
}

/** Each host is one certificate's, and at most one certificate is for all the others. */
function checkHosts(certificates: Fields[]): Problem[] {
  const owners = new Map<string, number>();
  return certificates.flatMap(({ hosts }, index): Problem[] => {
    const path = [...at, "certificates", index, "hosts"];
    const names = hosts === undefined ? [""] : asList(hosts).filter((host) => typeof host === "string");
    return names.flatMap((name, place): Problem[] => {
      const key = name.toLowerCase();
      const owner = owners.get(key);
      owners.set(key, owner ?? index);
      if (owner === undefined) return [];
      if (name === "") {
        const rule = `be set, since certificates[${owner}] is for all hosts that no other names`;
        return [{ path, value: undefined, rule, remedy: "Name the hosts that this one is for." }];
      }
      const rule = `be named once, but certificates[${owner}] names it too`;
      return [{ path: [...path, place], value: name, rule, remedy: "Remove it from one of the two." }];
    });
  });
}

/** What will trouble clients, though it keeps nobody from deploying. */
export function findCertificateWarnings(
  { balancer, routes }: Pick<LoadBalancedServiceArgs, "balancer" | "routes">,
  now = new Date(),
): string[] {
  if (balancer?.tls === undefined) return [];
  const { certificates } = balancer.tls;
  if (certificates === undefined)
    return [
      "balancer.tls has no certificates, so that Flotilla makes one that no browser trusts. Set balancer.tls.certificates: a list with certificate and key, or in a stack's file with certificateFile and keyFile.",
    ];
  const soon = certificates.flatMap(({ certificate }, index) => {
    const day = typeof certificate === "string" ? findNearEnd(certificate, now) : undefined;
    const where = `balancer.tls.certificates[${index}]`;
    return day === undefined ? [] : [`${where} expires on ${day}: renew it, and run an update again.`];
  });
  const hosts = [...new Set((routes ?? []).flatMap(({ host }) => host ?? []))];
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
