import type * as pulumi from "@pulumi/pulumi";

/** A certificate that an authority gives by the protocol ACME, as Let's Encrypt does, and that is renewed in time. */
export interface AcmeArgs {
  /** Hosts it is for; one like `*.example.com` needs `dns`. Defaults to those that routes name. */
  hosts?: string[];
  /** Address that the authority may write to. Defaults to none. */
  email?: string;
  /** The authority: `letsencrypt`, `letsencrypt-staging` for trials, or the address of its directory. Defaults to `letsencrypt`. */
  directory?: string;
  /** Text of the certificate, in PEM, of who signs that of the directory itself. Defaults to the public ones. */
  directoryAuthority?: pulumi.Input<string>;
  /** An account that the authority gave outside of ACME. Defaults to a new one. */
  externalAccount?: AcmeExternalAccountArgs;
  /** Shows by the hosts' zone that they are yours. Defaults to an answer that the balancer gives at port 80 of each host. */
  dns?: AcmeDnsArgs;
  /** Image of lego 4, which asks the authority. Defaults to `goacme/lego:v4.35.2`. */
  image?: string;
}

/** An account that an authority gave outside of ACME. */
export interface AcmeExternalAccountArgs {
  /** Its name. */
  keyId: pulumi.Input<string>;
  /** Its key, in base64url; encrypted in the state. */
  hmac: pulumi.Input<string>;
}

/** Who changes the hosts' zone. Exactly one of `provider` and `script`. */
export interface AcmeDnsArgs {
  /** Who has the zone, by lego's name, as `cloudflare` or `route53`. */
  provider?: string;
  /** Text of a shell script that is called with `present` or `cleanup`, the record's name and its text. */
  script?: string;
  /** Environment variables of the provider or the script, by name; encrypted in the state. */
  variables?: Record<string, pulumi.Input<string>>;
  /** Seconds until a record is seen everywhere. Defaults to asking the zone's servers. */
  waitSeconds?: number;
}
