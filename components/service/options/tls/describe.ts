import type { Tls } from "../../../../nginx/tls-model";
import { type HstsArgs, type TlsArgs, TlsVersion } from "../../../types";
import { defaultTlsPort, tlsPort } from "../../published-ports";

/** Where the certificate of clients' authority is, relative to `nginx.conf`. */
export const authorityFile = "certificates/clients.pem";

/** Where a certificate and its key are, by its place in the list. */
export function certificateFiles(index: number): { certificate: string; key: string } {
  return { certificate: `certificates/${index + 1}.pem`, key: `certificates/${index + 1}.key` };
}

/** How Nginx is told to answer over TLS. */
export function describeTls(args: TlsArgs): Tls {
  const {
    certificates,
    redirect = true,
    http2 = true,
    minimumVersion = TlsVersion.Tls12,
    hsts,
    clients,
  } = args;
  return {
    port: tlsPort,
    ...(redirect ? { redirectPort: args.port ?? defaultTlsPort } : {}),
    certificates: (certificates ?? [{ hosts: undefined }]).map(({ hosts }, index) => ({
      ...certificateFiles(index),
      ...(hosts === undefined ? {} : { hosts }),
    })),
    http2,
    minimumVersion,
    ...(hsts === undefined ? {} : { hsts: describeHsts(hsts) }),
    ...(clients === undefined
      ? {}
      : { clients: { authority: authorityFile, required: clients.required ?? true } }),
  };
}

function describeHsts({ maxAgeSeconds = 31_536_000, includeSubdomains, preload }: HstsArgs): string {
  return [
    `max-age=${maxAgeSeconds}`,
    ...(includeSubdomains === true ? ["includeSubDomains"] : []),
    ...(preload === true ? ["preload"] : []),
  ].join("; ");
}
