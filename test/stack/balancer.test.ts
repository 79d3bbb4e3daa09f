import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../config";
import { describeDay, makeTestCertificate } from "../support/certificates";
import { enterFolder } from "../support/folders";
import { configure, readError, revealOutput, useStack } from "../support/stack-settings";

const site = makeTestCertificate();
const other = makeTestCertificate();
const files = { certificateFile: "certs/site.pem", keyFile: "certs/site.key" };
let folder: string;

beforeEach(async () => {
  folder = enterFolder();
  mkdirSync(join(folder, "certs"));
  write("site.pem", site.certificate);
  write("site.key", site.key);
  await useStack();
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, "certs", name), text);
}

function load(balancer: object, secrets: Record<string, string> = {}) {
  configure({ pools: { api: { image: "node:24", port: 3000 } }, balancer }, secrets);
  return loadConfig(undefined).service.balancer;
}

function refuse(balancer: object, secrets: Record<string, string> = {}): string {
  configure({ pools: { api: { image: "node:24", port: 3000 } }, balancer }, secrets);
  return readError().replace(/^.*stack dev: /, "");
}

test("certificates, authorities and pages come from files, and keys are secret", async () => {
  write("clients.pem", other.certificate);
  write("page.html", "<h1>Back soon</h1>");
  const balancer = load({
    unavailablePageFile: "certs/page.html",
    tls: { certificates: [files], clients: { authorityFile: "certs/clients.pem", required: false } },
  });
  expect(balancer?.unavailablePage).toBe("<h1>Back soon</h1>");
  expect(balancer?.tls?.clients).toEqual({ authority: other.certificate, required: false });
  expect(balancer?.tls?.certificates?.map(({ certificate }) => certificate)).toEqual([site.certificate]);
  expect(await revealOutput(balancer?.tls?.certificates?.[0]?.key)).toEqual({
    value: site.key,
    isSecret: true,
  });
});

test("a renewed file is read on the next run", () => {
  load({ tls: { certificates: [files] } });
  write("site.pem", other.certificate);
  write("site.key", other.key);
  const [certificate] = load({ tls: { certificates: [files] } })?.tls?.certificates ?? [];
  expect(certificate?.certificate).toBe(other.certificate);
});

test("a key may be an encrypted value of the configuration, which is checked too", async () => {
  const certificates = [{ certificateFile: "certs/site.pem", key: "siteKey" }];
  const balancer = load({ tls: { certificates } }, { siteKey: site.key });
  expect(await revealOutput(balancer?.tls?.certificates?.[0]?.key)).toEqual({
    value: site.key,
    isSecret: true,
  });
  expect(refuse({ tls: { certificates } }, { siteKey: other.key })).toBe(
    "balancer.tls.certificates[0].key must belong to the certificate, got (hidden). Use the key that the certificate was requested with.",
  );
  expect(refuse({ tls: { certificates } })).toBe(
    "balancer.tls.certificates[0].key must name a secret of the configuration, got (hidden). Run `pulumi config set --secret <name>` with the name given here.",
  );
  expect(
    refuse({ tls: { certificates: [{ ...certificates[0], key: "siteKye" }] } }, { siteKey: site.key }),
  ).toContain(
    "key must name a secret of the configuration, got (hidden). Did you mean siteKey? Run `pulumi config set",
  );
});

const at = "balancer.tls.certificates[0]";

// prettier-ignore
const cases: [string, () => object, string][] = [
  ["a file that is missing", () => ({ certificateFile: "certs/none.pem", keyFile: files.keyFile }), `${at}.certificateFile must name a file that can be read, got "certs/none.pem". Create certs/none.pem, or correct its path.`],
  ["a file of this machine", () => ({ ...files, keyFile: "/etc/site.key" }), `${at}.keyFile must be the path of a file from the project's folder, got "/etc/site.key". Write it relative to that folder, like ../settings.env.`],
  ["a file that holds something else", () => { write("site.pem", "hello"); return files; }, `${at}.certificateFile must hold a certificate in PEM, got "certs/site.pem".`],
  ["a certificate that has expired", () => { const old = makeTestCertificate({ from: -9, until: -2 }); write("site.pem", old.certificate); write("site.key", old.key); return files; }, `${at}.certificateFile must be valid today, got "certs/site.pem". It expired on ${describeDay(-2)}: renew it.`],
  ["another certificate's key", () => { write("site.key", other.key); return files; }, `${at}.keyFile must belong to the certificate, got "certs/site.key". Use the key that the certificate was requested with.`],
  ["a key in the place of its path", () => ({ ...files, keyFile: site.key }), `${at}.keyFile must name a file that can be read, got (hidden). Create the file, or correct its path.`],
  ["a key twice", () => ({ ...files, key: "siteKey" }), `${at}.keyFile must be left out where key is set, got "certs/site.key". Keep one of the two.`],
  ["nothing", () => ({}), `${at}.certificate must hold a certificate in PEM, got nothing.`],
  ["a misspelt setting", () => ({ ...files, host: ["a"] }), `${at} must have only known keys, got "host". Did you mean hosts?`],
];

test.each(cases)("refuses %s", (_, prepare, message) => {
  expect(refuse({ tls: { certificates: [prepare()] } })).toContain(message);
});

test("tells all problems at once", () => {
  const message = refuse({
    unavailablePageFile: "none.html",
    tls: { certificates: [{ certificateFile: "a" }, { keyFile: "b" }], clients: { authorityFile: "c" } },
  });
  expect(
    message.split("\n").filter((line) => line.includes("must name a file that can be read")),
  ).toHaveLength(4);
});
