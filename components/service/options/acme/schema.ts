import type { z } from "zod";
import {
  byName,
  check,
  closed,
  exactlyOne,
  type Fields,
  image,
  input,
  listOf,
  phrase,
  text,
  whole,
} from "../../../arguments/schema-parts";
import { secretInput } from "../../../arguments/secrecy";
import type { AcmeArgs, AcmeDnsArgs, AcmeExternalAccountArgs } from "../../../types";
import { certificateHost, certificateRule, isPem } from "../tls/certificate-parts";
import { isVariableName } from "../variables";

const letsEncrypt = "https://acme-v02.api.letsencrypt.org/directory";
const directories: Partial<Record<string, string>> = {
  letsencrypt: letsEncrypt,
  "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
};

const directory = text(
  `be ${Object.keys(directories).join(", ")} or the address of a directory`,
  (value) => directories[value] !== undefined || /^https:\/\/[^\s/]+\/\S*$/.test(value),
  "An address begins with https:// and has a path.",
).transform((value) => directories[value] ?? value);

const externalAccount = closed(
  {
    keyId: input("be the account's name"),
    hmac: secretInput("be the account's key in base64url", (value) => /^[A-Za-z0-9_-]+={0,2}$/.test(value)),
  } satisfies Fields<AcmeExternalAccountArgs>,
  "be an object with keyId and hmac",
);

const dns = closed(
  {
    provider: text("be lego's name of a provider, like cloudflare", /^[a-z0-9-]+$/).optional(),
    script: text("be the text of a shell script", /\S/).optional(),
    variables: check(
      byName(secretInput("be a text"), "be an object of texts by name"),
      (value) => Object.keys(value).every(isVariableName),
      phrase("have names of letters, digits and underscores"),
    ).default({}),
    waitSeconds: whole(1, 3600).optional(),
  } satisfies Fields<AcmeDnsArgs>,
  "be an object with a provider or a script",
  undefined,
  [exactlyOne(["provider", "script"], "Name who has the zone, or give a script that changes it.")],
);

/** A certificate that an authority gives. */
export const acme = closed(
  {
    hosts: listOf(certificateHost, "be a list of host names").optional(),
    email: text("be an e-mail address", /^[^\s@]+@[^\s@]+$/).optional(),
    directory: directory.default(letsEncrypt),
    directoryAuthority: input(certificateRule, isPem).optional(),
    externalAccount: externalAccount.optional(),
    dns: dns.optional(),
    image: image.default("goacme/lego:v4.35.2"),
  } satisfies Fields<AcmeArgs>,
  "be an object; {} has defaults for all",
  undefined,
  [
    {
      needs: ["hosts", "dns"],
      find: ({ hosts = [], dns: zone }) =>
        hosts.flatMap((host, index) => {
          // Over HTTP an authority asks single hosts alone.
          if (zone !== undefined || !host.startsWith("*.")) return [];
          const rule = "be one host where dns is not set";
          const remedy =
            "An authority asks the zone about all hosts of a domain: set dns, or name each host.";
          return [{ path: ["hosts", index], value: host, rule, remedy }];
        }),
    },
  ],
);

/** A certificate that an authority gives, with everything filled in. */
export type Acme = z.output<typeof acme>;
