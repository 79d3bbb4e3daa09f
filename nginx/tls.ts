import type { Lines } from "./lines";
import type { Balancer } from "./model";
import type { Certificate, Tls } from "./tls-model";

const ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
].join(":");

/** What holds for every server that answers over TLS. */
export function tlsSettings({ tls }: Balancer): Lines {
  if (tls === undefined) return [];
  return [
    `ssl_protocols ${tls.minimumVersion === "1.2" ? "TLSv1.2 " : ""}TLSv1.3;`,
    `ssl_ciphers ${ciphers};`,
    "ssl_prefer_server_ciphers off;",
    "ssl_session_cache shared:tls:10m;",
    "ssl_session_timeout 1d;",
    "ssl_session_tickets off;",
    ...(tls.clients === undefined
      ? []
      : [
          `ssl_client_certificate ${tls.clients.authority};`,
          `ssl_verify_client ${tls.clients.required ? "on" : "optional"};`,
          "ssl_verify_depth 3;",
        ]),
  ];
}

/** The certificate with which a host's server shows itself. */
export function certificateOf(tls: Tls, host: string | undefined): Lines {
  const found =
    tls.certificates.find(({ hosts }) => host !== undefined && hosts?.some((name) => covers(name, host))) ??
    tls.certificates.find(({ hosts }) => hosts === undefined) ??
    tls.certificates[0];
  return found === undefined ? [] : describe(found);
}

function describe({ certificate, key }: Certificate): Lines {
  return [`ssl_certificate ${certificate};`, `ssl_certificate_key ${key};`];
}

function covers(name: string, host: string): boolean {
  if (!name.startsWith("*.")) return name.toLowerCase() === host.toLowerCase();
  return host.toLowerCase().replace(/^[^.]+/, "*") === name.toLowerCase();
}

/** Headers that tell the application about the client's certificate. */
export function clientCertificateHeaders({ tls }: Balancer): Record<string, string> {
  return tls?.clients === undefined
    ? {}
    : { "X-Client-Verified": "$ssl_client_verify", "X-Client-Subject": "$ssl_client_s_dn" };
}
