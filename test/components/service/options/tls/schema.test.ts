import { describe, expect, test } from "vitest";
import { findCertificateWarnings } from "../../../../../components/service/options/tls/warnings";
import type { CertificateArgs } from "../../../../../components/types";
import { describeDay, makeTestCertificate } from "../../../../support/certificates";
import { describeFaults, minimalPool, parseService } from "../../../../support/service";

const site = makeTestCertificate({ hosts: ["shop.example.com", "*.example.org"] });
const other = makeTestCertificate();
const base = "balancer.tls.certificates";

function describeCertificates(...certificates: object[]): string[] {
  return describeFaults({ pools: { api: minimalPool }, balancer: { tls: { certificates } } });
}

const shown = (text: string): string => JSON.stringify(`${text.slice(0, 60)}…`);

test("takes certificates whose keys and hosts are theirs", () => {
  const chain = { certificate: `${site.certificate}${other.certificate}`, key: site.key };
  const hosts = ["SHOP.example.com", "www.example.org", "*.example.org"];
  expect(describeCertificates({ ...chain, hosts }, other)).toEqual([]);
});

test("names the day on which a certificate has expired", () => {
  const old = makeTestCertificate({ from: -30, until: -3 });
  expect(describeCertificates(old)).toEqual([
    `${base}[0].certificate must be valid today, got ${shown(old.certificate)}. It expired on ${describeDay(-3)}: renew it.`,
  ]);
});

test("names the day from which on a certificate is valid", () => {
  const young = makeTestCertificate({ from: 3 });
  expect(describeCertificates(young)).toEqual([
    `${base}[0].certificate must be valid today, got ${shown(young.certificate)}. It is valid from ${describeDay(3)} on.`,
  ]);
});

test("finds a key that is another certificate's, and shows nothing of it", () => {
  expect(describeCertificates({ certificate: site.certificate, key: other.key })).toEqual([
    `${base}[0].key must belong to the certificate, got (hidden). Use the key that the certificate was requested with.`,
  ]);
});

test("finds a chain in the wrong order", () => {
  const certificate = `${other.certificate}${site.certificate}`;
  expect(describeCertificates({ certificate, key: site.key })).toEqual([
    `${base}[0].certificate must begin with the host's own certificate, got ${shown(certificate)}. Put the certificate that the key is for first, and those that vouch for it after it.`,
  ]);
});

test("finds texts that were cut", () => {
  const [certificate, key] = [site.certificate, site.key].map((text) => text.slice(0, 100));
  expect(describeCertificates({ certificate, key })).toEqual([
    `${base}[0].certificate must hold certificates in PEM that can be read, got ${shown(site.certificate)}. It starts with -----BEGIN CERTIFICATE-----; was it cut, or is it another kind of file?`,
    `${base}[0].key must be a private key in PEM that can be read, got (hidden). It starts with -----BEGIN PRIVATE KEY-----; was it cut, or is it another kind of file?`,
  ]);
});

test("says how a key gets rid of its passphrase", () => {
  const key = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n";
  expect(describeCertificates({ ...site, key })).toEqual([
    `${base}[0].key must be a key without a passphrase, got (hidden). Take it away with: openssl pkey -in <key> -out <new key>`,
  ]);
});

test("finds hosts that a certificate is not for", () => {
  const hosts = ["shop.example.com", "www.example.com", "example.org", "a.b.example.org"];
  const remedy = "Its names are shop.example.com, *.example.org.";
  expect(describeCertificates({ ...site, hosts })).toEqual([
    `${base}[0].hosts[1] must be a name of the certificate, got "www.example.com". ${remedy}`,
    `${base}[0].hosts[2] must be a name of the certificate, got "example.org". ${remedy}`,
    `${base}[0].hosts[3] must be a name of the certificate, got "a.b.example.org". ${remedy}`,
  ]);
});

test("finds two certificates for the same hosts", () => {
  const hosts = ["shop.example.com"];
  expect(describeCertificates(site, other)).toEqual([
    `${base}[1].hosts must be set, since certificates[0] is for all hosts that no other names, got nothing. Name the hosts that this one is for.`,
  ]);
  expect(describeCertificates({ ...site, hosts }, { ...site, hosts })).toEqual([
    `${base}[1].hosts[0] must be named once, but certificates[0] names it too, got "shop.example.com". Remove it from one of the two.`,
  ]);
});

test("finds a clients' authority that has expired", () => {
  const { certificate: authority } = makeTestCertificate({ from: -9, until: -2 });
  expect(
    describeFaults({ pools: { api: minimalPool }, balancer: { tls: { clients: { authority } } } }),
  ).toEqual([
    `balancer.tls.clients.authority must be valid today, got ${shown(authority)}. It expired on ${describeDay(-2)}: renew it.`,
  ]);
});

describe("warns", () => {
  const warn = (certificates?: CertificateArgs[], host?: string): string[] => {
    const { balancer, routes } = parseService({
      pools: { api: minimalPool },
      routes: [{ pool: "api" }, { path: "/a", host, pool: "api" }],
      balancer: { tls: { certificates } },
    });
    return findCertificateWarnings(balancer, routes);
  };

  test("of a certificate's end 14 days before", () => {
    expect(warn([makeTestCertificate({ until: 15 })])).toEqual([]);
    expect(warn([makeTestCertificate({ until: 13 })])).toEqual([
      `${base}[0] expires on ${describeDay(13)}: renew it, and run an update again.`,
    ]);
  });

  test("of a route's host that no certificate is for", () => {
    expect(warn([site], "shop.example.com")).toEqual([]);
    expect(warn([other, { ...site, hosts: ["*.example.org"] }], "www.example.org")).toEqual([]);
    expect(warn([site], "api.example.com")).toEqual([
      "No certificate of balancer.tls.certificates is for api.example.com, which a route names.",
    ]);
  });

  test("of the certificate that Flotilla makes", () => {
    expect(warn()).toHaveLength(1);
    expect(findCertificateWarnings({ tls: undefined, port: 80 }, [])).toEqual([]);
  });
});
