import type { Lines } from "./lines";
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

/** Settings of every server that answers over TLS. */
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

/** The certificate with which a host's server shows itself; without a host, the one for all the others. */
export function chooseCertificate<Choice extends Pick<Certificate, "hosts">>(
  certificates: Choice[],
  host: string | undefined,
): Choice | undefined {
  const named = (test: (name: string) => boolean): Choice | undefined =>
    certificates.find(({ hosts }) => hosts?.some((name) => test(name.toLowerCase())));
  const [wanted, wildcard] = [host?.toLowerCase(), host?.toLowerCase().replace(/^[^.]+/, "*")];
  return (
    named((name) => name === wanted) ??
    named((name) => name === wildcard) ??
    certificates.find(({ hosts }) => hosts === undefined) ??
    certificates[0]
  );
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
