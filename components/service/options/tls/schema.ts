import type { z } from "zod";
import { findAuthorityFaults, findFaults } from "../../../../deploy/certificate-faults";
import type { Problem } from "../../../arguments/problems";
import {
  choice,
  closed,
  type Fields,
  flag,
  input,
  listOf,
  phrase,
  port,
  whole,
} from "../../../arguments/schema-parts";
import { secretInput } from "../../../arguments/secrecy";
import { acme } from "../acme/schema";
import { certificateHost, certificateRule, isPem } from "./certificate-parts";
import {
  type CertificateArgs,
  type ClientCertificatesArgs,
  type HstsArgs,
  type TlsArgs,
  TlsVersion,
} from "../../../types";

const certificateText = input(certificateRule, isPem).nonoptional(phrase(certificateRule));
const keyRule = "hold a key in PEM";

/** A text that is known already and in PEM; whatever else it is, its shape says so. */
function knownPem(value: unknown): string | undefined {
  return typeof value === "string" && isPem(value) ? value : undefined;
}

const certificate = closed(
  {
    certificate: certificateText,
    key: secretInput(keyRule, isPem).nonoptional(phrase(keyRule)),
    hosts: listOf(certificateHost, "be a list of host names").optional(),
  } satisfies Fields<CertificateArgs>,
  "be an object with certificate and key",
  undefined,
  [
    {
      needs: ["hosts"],
      find: ({ certificate, key, hosts }) =>
        findFaults({ certificate: knownPem(certificate), key: knownPem(key), hosts }, new Date()).map(
          ({ field, ...fault }) => ({
            path: field,
            value: field[0] === "key" ? key : certificate,
            ...fault,
          }),
        ),
    },
  ],
);

const hsts = closed(
  {
    maxAgeSeconds: whole(0, 315_360_000).default(31_536_000),
    includeSubdomains: flag().default(false),
    preload: flag().default(false),
  } satisfies Fields<HstsArgs>,
  "be an object; {} has defaults for all",
);

const clients = closed(
  {
    authority: certificateText,
    required: flag().default(true),
  } satisfies Fields<ClientCertificatesArgs>,
  "be an object with an authority",
  undefined,
  [
    {
      needs: ["authority"],
      find: ({ authority }) => {
        const known = knownPem(authority);
        if (known === undefined) return [];
        return findAuthorityFaults(known, new Date()).map(({ field, ...fault }) => ({
          path: field,
          value: authority,
          ...fault,
        }));
      },
    },
  ],
);

/** Answers over TLS. */
export const tls = closed(
  {
    port: port.default(8443),
    certificates: listOf(certificate, "be a list of certificates").optional(),
    acme: acme.optional(),
    redirect: flag().default(true),
    http2: flag().default(true),
    minimumVersion: choice(TlsVersion, "be a version of TLS").default(TlsVersion.Tls12),
    hsts: hsts.optional(),
    clients: clients.optional(),
  } satisfies Fields<TlsArgs>,
  "be an object; {} has defaults for all",
  undefined,
  [
    { needs: ["certificates.*.hosts"], find: ({ certificates = [] }) => findSharedHosts(certificates) },
    {
      needs: ["redirect", "clients.required"],
      find: ({ redirect, clients }) => {
        if (redirect || clients?.required !== true) return [];
        const rule = "be true where clients must show certificates";
        const remedy = "Over plain HTTP nobody shows one: remove it, or set clients.required to false.";
        return [{ path: ["redirect"], value: redirect, rule, remedy }];
      },
    },
  ],
);

/** Answers over TLS, with everything filled in. */
export type Tls = z.output<typeof tls>;

/** Each host is one certificate's, and at most one certificate is for all the others. */
function findSharedHosts(certificates: z.output<typeof certificate>[]): Problem[] {
  const owners = new Map<string, number>();
  return certificates.flatMap(({ hosts = [""] }, index): Problem[] =>
    hosts.flatMap((name, place): Problem[] => {
      const path = ["certificates", index, "hosts"];
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
    }),
  );
}
