import type { Tls as NginxTls } from "../../../../nginx/tls-model";
import { tlsPort } from "../../published-ports";
import type { Tls } from "./schema";

/** Where the certificate of clients' authority is, relative to `nginx.conf`. */
export const authorityFile = "certificates/clients.pem";

/** Where a certificate and its key are, by its place in the list. */
export function certificateFiles(index: number): { certificate: string; key: string } {
  return { certificate: `certificates/${index + 1}.pem`, key: `certificates/${index + 1}.key` };
}

/** How Nginx is told to answer over TLS. */
export function resolveTls({ certificates, hsts, clients, ...settings }: Tls): NginxTls {
  return {
    port: tlsPort,
    redirectPort: settings.redirect ? settings.port : undefined,
    certificates: (certificates ?? [{ hosts: undefined }]).map(({ hosts }, index) => ({
      ...certificateFiles(index),
      hosts,
    })),
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
