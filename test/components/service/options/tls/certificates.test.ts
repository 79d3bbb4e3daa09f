import { createPrivateKey, X509Certificate } from "node:crypto";
import { afterEach, describe, expect, test, vi } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import { nameYear } from "../../../../../components/service/options/tls/certificates";
import { checkCertificates } from "../../../../../deploy/configuration-files";
import type { TlsArgs } from "../../../../../components/types";
import { makeTestCertificate } from "../../../../support/certificates";
import { resetDocker } from "../../../../support/fake-docker";
import type { Recording } from "../../../../support/recorder";
import {
  environmentOf,
  inputOf,
  isSecret,
  minimalPool,
  ofType,
  recordService,
} from "../../../../support/service";

afterEach(resetDocker);

const site = makeTestCertificate();
const shop = makeTestCertificate({ hosts: ["shop.example.com"] });
const { certificate: authority } = makeTestCertificate();

const recordTls = (tls: TlsArgs, routes = [{ pool: "api" }]): Promise<Recording> =>
  recordService({ pools: { api: minimalPool }, balancer: { tls }, routes });

describe("certificates that are given", () => {
  const certificates = [
    { ...site, key: pulumi.output(site.key) },
    { ...shop, hosts: ["shop.example.com"] },
  ];

  test("reach the settings' check and the push by standard input, as secrets", async () => {
    const recording = await recordTls({ certificates, clients: { authority } });
    for (const name of ["app-balancer-settings", "app-balancer-push"]) {
      const command = recording.find(name);
      expect(isSecret(command.inputs.stdin)).toBe(true);
      expect(inputOf(command).secretFiles).toEqual({
        "certificates/1.pem": site.certificate,
        "certificates/1.key": site.key,
        "certificates/2.pem": shop.certificate,
        "certificates/2.key": shop.key,
        "certificates/clients.pem": authority,
      });
      const { stdin, ...others } = command.inputs;
      expect(stdin).toBeDefined();
      expect(JSON.stringify(others)).not.toContain("PRIVATE KEY");
    }
  });

  test("are nowhere else", async () => {
    const recording = await recordTls({ certificates });
    const others = recording.resources.filter(({ name }) => !/-(?:settings|push)$/.test(name));
    expect(others.length).toBeGreaterThan(5);
    expect(JSON.stringify(others.map(({ inputs, outputs }) => [inputs, outputs]))).not.toContain(
      "PRIVATE KEY",
    );
  });

  test("have the check and the push run again when they change, and nothing else", async () => {
    const [before, after] = [
      await recordTls({ certificates: [site] }),
      await recordTls({ certificates: [makeTestCertificate()] }),
    ];
    const changed = before.resources.filter(
      ({ name, inputs }) =>
        JSON.stringify(inputs.triggers) !== JSON.stringify(after.find(name).inputs.triggers) ||
        JSON.stringify(inputs) !== JSON.stringify(after.find(name).inputs),
    );
    expect(changed.map(({ name }) => name)).toEqual(["app-balancer-settings", "app-balancer-push"]);
  });

  test("need no certificate of Flotilla's own", async () => {
    const names = ofType(await recordTls({ certificates }), "Command").map(({ name }) => name);
    expect(names.filter((name) => name.endsWith("certificate"))).toEqual([]);
  });

  test("that were not known before are checked before anything is touched", () => {
    const [certificate, key] = ["certificates/1.pem", "certificates/1.key"];
    const given = [{ certificate, key, hosts: ["shop.example.com"] }];
    expect(() => {
      checkCertificates(given, { [certificate]: shop.certificate, [key]: shop.key });
    }).not.toThrow();
    expect(() => {
      checkCertificates(given, { [certificate]: site.certificate, [key]: shop.key });
    }).toThrow(
      [
        "Nothing was changed.",
        "balancer.tls.certificates[0].key must belong to the certificate. Use the key that the certificate was requested with.",
        "balancer.tls.certificates[0].hosts[0] must be a name of the certificate. Its names are localhost.",
      ].join("\n"),
    );
  });
});

describe("a certificate of Flotilla's own", () => {
  const find = async (address?: string) => {
    const recording = await recordService({
      pools: { api: minimalPool },
      routes: [{ pool: "api" }, { pool: "api", host: "shop.example.com" }],
      balancer: { tls: {}, ...(address === undefined ? {} : { address }) },
    });
    return recording.find("app-balancer-certificate");
  };

  test("is for the stack's hosts, and made anew when these change", async () => {
    const command = await find("192.0.2.7");
    const { hosts } = JSON.parse(environmentOf(command).FLOTILLA_TASK ?? "") as { hosts: string[] };
    expect(hosts).toEqual(["localhost", "127.0.0.1", "::1", "192.0.2.7", "shop.example.com"]);
    expect(command.inputs.triggers).toEqual([hosts, nameYear(new Date())]);
  });

  test("is foreseen by a preview", async () => {
    const args = { pools: { api: minimalPool }, balancer: { tls: {} } };
    const recording = await recordService(args, { preview: true });
    const names = recording.resources.map(({ name }) => name);
    expect(names).toEqual(expect.arrayContaining(["app-balancer-certificate", "app-balancer-push"]));
  });

  test.each([
    { tls: {}, url: "https://localhost:8443" },
    { tls: { port: 443, redirect: false }, url: "http://localhost:8080" },
    { tls: { redirect: false, certificates: [site] }, url: "https://localhost:8443" },
  ])("is what clients meet only where plain HTTP is no better: $tls", async ({ tls, url }) => {
    const recording = await recordService({ pools: { api: minimalPool }, balancer: { tls } });
    expect(recording.find("app").outputs.url).toBe(url);
  });

  test("is printed in no log", async () => {
    expect((await find()).inputs.logging).toBe("none");
  });

  test("is made anew while it has a month left", () => {
    const day = 86_400_000;
    const kept = Array.from({ length: 366 }, (_, start) => Date.parse("2026-11-21") + start * day).filter(
      (made) => nameYear(new Date(made)) === nameYear(new Date(made + (397 - 30) * day)),
    );
    expect(kept).toEqual([]);
    expect(nameYear(new Date("2026-11-21"))).toBe(nameYear(new Date("2026-11-28")));
  });
});

describe("the certificate's script", () => {
  async function run(environment: Record<string, string>): Promise<string> {
    const { makeCertificate } = await import("../../../../../deploy/certificate.js");
    const printed = vi.spyOn(process.stdout, "write").mockReturnValue(true);
    for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
    try {
      makeCertificate();
      return printed.mock.calls.join("");
    } finally {
      printed.mockRestore();
      vi.unstubAllEnvs();
    }
  }

  test("prints a certificate for 397 days", async () => {
    const task = JSON.stringify({ name: "flotilla/dev", hosts: ["localhost"] });
    const made = await run({ FLOTILLA_TASK: task });
    const certificate = new X509Certificate(made);
    const { validFrom, validTo } = certificate;
    expect(certificate.checkPrivateKey(createPrivateKey(made))).toBe(true);
    expect((Date.parse(validTo) - Date.parse(validFrom)) / 86_400_000).toBe(397);
  });

  test("prints what it had, when it is run again", async () => {
    expect(await run({ PULUMI_COMMAND_STDOUT: "as before" })).toBe("as before");
  });
});
