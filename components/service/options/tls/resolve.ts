import type { Tls as NginxTls } from "../../../../nginx/tls-model";
import { tlsPort } from "../../published-ports";
import { listAcmeHosts } from "../acme/hosts";
import type { Route } from "../route/schema";
import type { Tls } from "./schema";

/** Where the certificate of clients' authority is, relative to `nginx.conf`. */
export const authorityFile = "certificates/clients.pem";

/** Where a certificate and its key are, by its place in the list. */
export function certificateFiles(index: number): { certificate: string; key: string } {
  return { certificate: `certificates/${index + 1}.pem`, key: `certificates/${index + 1}.key` };
}

/** A certificate that the balancer shows, and its place among its files. */
interface ShownCertificate {
  files: ReturnType<typeof certificateFiles>;
  hosts: string[] | undefined;
}

/** The certificates that are given, and after them the one that an authority gives or that Flotilla makes. */
export function listCertificates(
  { certificates = [], acme }: Tls,
  routes: Pick<Route, "host">[],
): { given: ShownCertificate[]; own: ShownCertificate | undefined } {
  const show = (hosts: string[] | undefined, index: number): ShownCertificate => ({
    files: certificateFiles(index),
    hosts,
  });
  const given = certificates.map(({ hosts }, index) => show(hosts, index));
  if (acme !== undefined) return { given, own: show(listAcmeHosts(acme, routes), given.length) };
  return { given, own: given.length === 0 ? show(undefined, 0) : undefined };
}

/** How Nginx is told to answer over TLS. */
export function resolveTls(tls: Tls, routes: Pick<Route, "host">[]): NginxTls {
  const { hsts, clients, acme, ...settings } = tls;
  const { given, own } = listCertificates(tls, routes);
  return {
    port: tlsPort,
    redirectPort: settings.redirect ? settings.port : undefined,
    certificates: [...given, ...(own === undefined ? [] : [own])].map(({ files, hosts }) => ({
      ...files,
      hosts,
    })),
    renewed: acme === undefined ? undefined : own?.files,
    challenges: acme !== undefined && acme.dns === undefined,
    http2: settings.http2,
    minimumVersion: settings.minimumVersion,
    hsts: hsts === undefined ? undefined : renderHsts(hsts),
    clients: clients === undefined ? undefined : { authority: authorityFile, required: clients.required },
  };
}

function renderHsts({ maxAgeSeconds, includeSubdomains, preload }: NonNullable<Tls["hsts"]>): string {
  return [
    `max-age=${maxAgeSeconds}`,
    ...(includeSubdomains ? ["includeSubDomains"] : []),
    ...(preload ? ["preload"] : []),
  ].join("; ");
}
