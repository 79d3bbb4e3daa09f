import { describe, expect, test } from "vitest";
import type { AcmeArgs, TlsArgs } from "../../../../../components/types";
import { findCertificateWarnings } from "../../../../../components/service/options/tls/warnings";
import { makeTestCertificate } from "../../../../support/certificates";
import { describeFaults, minimalPool, parseService } from "../../../../support/service";

const at = "balancer.tls.acme";
const routes = [{ pool: "api", host: "www.example.com" }];

const findAcmeFaults = (acme: unknown, named = routes): string[] =>
  describeFaults({ pools: { api: minimalPool }, routes: named, balancer: { tls: { acme } } });

describe("a certificate of an authority", () => {
  test("is Let's Encrypt's, for the hosts that routes name, where nothing else is said", () => {
    const { balancer } = parseService({
      pools: { api: minimalPool },
      routes,
      balancer: { tls: { acme: {} } },
    });
    expect(balancer.tls?.acme).toEqual({
      directory: "https://acme-v02.api.letsencrypt.org/directory",
      image: "goacme/lego:v4.35.2",
    });
  });

  test("comes from an authority by name or address", () => {
    const read = (directory: string) =>
      parseService({ pools: { api: minimalPool }, routes, balancer: { tls: { acme: { directory } } } })
        .balancer.tls?.acme?.directory;
    expect(read("letsencrypt-staging")).toBe("https://acme-staging-v02.api.letsencrypt.org/directory");
    expect(read("https://ca.example.com/acme/dir")).toBe("https://ca.example.com/acme/dir");
    expect(findAcmeFaults({ directory: "http://ca.example.com/dir" })).toEqual([
      `${at}.directory must be letsencrypt, letsencrypt-staging or the address of a directory, got "http://ca.example.com/dir". An address begins with https:// and has a path.`,
    ]);
  });

  test("needs hosts", () => {
    expect(findAcmeFaults({}, [{ pool: "api" } as (typeof routes)[0]])).toEqual([
      `${at}.hosts must be set where no route names a host, got nothing. Set it to the names by which clients reach the balancer.`,
    ]);
  });

  test("has a name that no pool and no shared volume may have beside it", () => {
    const certificates = { ...minimalPool, mounts: [{ path: "/certificates", shared: "certificates" }] };
    const service = { pools: { certificates }, routes: [{ pool: "certificates", host: "www.example.com" }] };
    const rule = "must have a name other than certificates where balancer.tls.acme is set, got";
    expect(describeFaults({ ...service, balancer: { tls: { acme: {} } } })).toEqual([
      `pools.certificates ${rule} "certificates". What asks for the certificate has that name.`,
      `pools.certificates.mounts[0].shared ${rule} "certificates". What asks for the certificate has that name.`,
    ]);
    expect(describeFaults({ ...service, balancer: { tls: {} } })).toEqual([]);
  });

  test("is for all hosts of a domain only where the zone speaks for them", () => {
    const hosts = ["example.com", "*.example.com"];
    expect(findAcmeFaults({ hosts, dns: { provider: "cloudflare" } })).toEqual([]);
    expect(findAcmeFaults({ hosts })).toEqual([
      `${at}.hosts[1] must be one host where dns is not set, got "*.example.com". An authority asks the zone about all hosts of a domain: set dns, or name each host.`,
    ]);
  });

  test("has one who changes the zone", () => {
    expect(findAcmeFaults({ dns: {} })).toEqual([
      `${at}.dns.provider must be set, or script, got nothing. Name who has the zone, or give a script that changes it.`,
    ]);
    expect(findAcmeFaults({ dns: { provider: "route53", script: "true" } })).toEqual([
      `${at}.dns.script must be left out where provider is set, got "true". Keep one of the two.`,
    ]);
    expect(findAcmeFaults({ dns: { provider: "route53", variables: { "a b": "x" } } })[0]).toContain(
      `${at}.dns.variables must have names of letters, digits and underscores`,
    );
  });

  test("never shows a secret in a message", () => {
    const faults = findAcmeFaults({ externalAccount: { keyId: "k", hmac: "not base64url!" } });
    expect(faults).toEqual([
      `${at}.externalAccount.hmac must be the account's key in base64url, got (hidden).`,
    ]);
  });
});

describe("warns", () => {
  const warn = (acme: AcmeArgs, port: number, others: TlsArgs = {}): string[] => {
    const { balancer, routes: all } = parseService({
      pools: { api: minimalPool },
      routes,
      balancer: { port, tls: { ...others, acme } },
    });
    return findCertificateWarnings(balancer, all);
  };

  test("of a port at which no authority asks", () => {
    expect(warn({}, 80)).toEqual([]);
    expect(warn({ dns: { provider: "cloudflare" } }, 8080)).toEqual([]);
    expect(warn({}, 8080)).toEqual([
      `${at}: an authority asks at port 80 of each host whether it is yours, and balancer.port is 8080. Set balancer.port to 80, have port 80 of the host lead to 8080, or set ${at}.dns.`,
    ]);
  });

  test("of no host that the authority's certificate is for", () => {
    const certificates = [makeTestCertificate()];
    expect(warn({ hosts: ["www.example.com"] }, 80, { certificates })).toEqual([]);
    expect(warn({ hosts: ["shop.example.com"] }, 80, { certificates })).toEqual([
      "No certificate of balancer.tls.certificates is for www.example.com, which a route names.",
    ]);
  });
});
