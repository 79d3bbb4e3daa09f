/** A certificate with its key, as files of the configuration. */
export interface Certificate {
  /** Path of the certificate chain, relative to `nginx.conf`. */
  certificate: string;
  /** Path of the key, relative to `nginx.conf`. */
  key: string;
  /** Hosts it is for; absent for all that no other certificate names. */
  hosts?: string[];
}

/** How the balancer answers over TLS. */
export interface Tls {
  /** Port that Nginx listens on for TLS. */
  port: number;
  /** Port of the engine's host to which plain HTTP is redirected; absent when plain HTTP is served too. */
  redirectPort?: number;
  certificates: Certificate[];
  /** Files of the certificate that gives way to the one of an authority as soon as there is one. */
  renewed?: Pick<Certificate, "certificate" | "key">;
  /** Whether an authority is answered that asks over plain HTTP whether a host is ours. */
  challenges: boolean;
  http2: boolean;
  minimumVersion: "1.2" | "1.3";
  /** Value of `Strict-Transport-Security`; absent for none. */
  hsts?: string;
  /** Clients show a certificate that this authority has signed. */
  clients?: {
    /** Path of the authority's certificate, relative to `nginx.conf`. */
    authority: string;
    /** Whether a client without one is refused; otherwise the application is told. */
    required: boolean;
  };
}
