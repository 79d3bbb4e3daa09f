import { block, type Lines } from "./lines";
import { acmePlaces } from "./places";
import type { Balancer } from "./model";
import type { Certificate } from "./tls-model";

const ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/**
 * Keys of the tickets by which clients go on with a session at whichever balancer of a front: the first one is used for new ones;
 * the second one is the next, which all know before the first of them uses it; the others were used before.
 */
export const ticketKeys = ["tickets/now", "tickets/next", "tickets/before", "tickets/before-that"] as const;

/** Settings of every server that answers over TLS. */
export function tlsSettings({ tls, sharesFront }: Balancer): Lines {
  if (tls === undefined) return [];
  return [
    `ssl_protocols ${tls.minimumVersion === "1.2" ? "TLSv1.2 " : ""}TLSv1.3;`,
    `ssl_ciphers ${ciphers};`,
    "ssl_prefer_server_ciphers off;",
    "ssl_session_cache shared:tls:10m;",
    "ssl_session_timeout 1d;",
    // Nobody but this Nginx could read a ticket that it gave.
    ...(sharesFront
      ? ticketKeys.map((key) => `ssl_session_ticket_key ${key};`)
      : ["ssl_session_tickets off;"]),
    ...(tls.clients === undefined
      ? []
      : [
          `ssl_client_certificate ${tls.clients.authority};`,
          `ssl_verify_client ${tls.clients.required ? "on" : "optional"};`,
          "ssl_verify_depth 3;",
        ]),
  ];
}

/** Where an authority asks whether a host is ours, whoever else may not ask for anything. */
export function challengeLocations({ tls }: Balancer): Lines[] {
  if (tls?.challenges !== true) return [];
  return [
    block("location ^~ /.well-known/acme-challenge/", [
      `root ${acmePlaces.challenges};`,
      "default_type text/plain;",
      "allow all;",
      "access_log off;",
    ]),
  ];
}

/** The file of the configuration that names the certificate which gives way to an authority's. */
export function renewedFile({ tls }: Balancer): Record<string, string> {
  const { certificate, key } = tls?.renewed ?? {};
  return certificate === undefined || key === undefined ? {} : { renewed: `${certificate} ${key}\n` };
}

/** The certificate with which a host's server shows itself; without a host, the one for all the others. */
export function chooseCertificate<Choice extends Pick<Certificate, "hosts">>(
  certificates: Choice[],
  host: string | undefined,
): Choice | undefined {
  const exactly = ({ hosts = [] }: Choice): boolean => hosts.some((name) => isEqual(name, host));
  return (
    certificates.find(exactly) ??
    certificates.find(({ hosts = [] }) => host !== undefined && names(hosts, host)) ??
    certificates.find(({ hosts }) => hosts === undefined) ??
    certificates[0]
  );
}

/** Whether a certificate's hosts are or embrace a host. */
export function names(hosts: string[], host: string): boolean {
  const wildcard = host.replace(/^[^.]+/, "*");
  return hosts.some((name) => isEqual(name, host) || isEqual(name, wildcard));
}

function isEqual(name: string, host: string | undefined): boolean {
  return name.toLowerCase() === host?.toLowerCase();
}

/** Has a server show itself with a certificate. */
export function showCertificate({ certificate, key }: Certificate): Lines {
  return [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`];
}

/** Headers that tell the application about the client's certificate. */
export function clientCertificateHeaders({ tls }: Balancer): Record<string, string> {
  return tls?.clients === undefined
    ? {}
    : { "X-Client-Verified": "$ssl_client_verify", "X-Client-Subject": "$ssl_client_s_dn" };
}
