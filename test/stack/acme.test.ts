import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { loadConfig } from "../../config";
import { makeTestCertificate } from "../support/certificates";
import { enterFolder } from "../support/folders";
import { configure, readError, revealOutput, useStack } from "../support/stack-settings";

const authority = makeTestCertificate().certificate;
let folder: string;

beforeEach(async () => {
  folder = enterFolder();
  writeFileSync(join(folder, "authority.pem"), authority);
  writeFileSync(join(folder, "zone.sh"), "echo zone");
  await useStack();
});

function set(acme: object, secrets: Record<string, string> = {}): void {
  const balancer = { port: 80, tls: { acme } };
  configure({ pools: { api: { image: "node:24", port: 3000 } }, balancer }, secrets);
}

test("long texts come from files, and secrets by their names", async () => {
  set(
    {
      hosts: ["example.com"],
      directoryAuthorityFile: "authority.pem",
      externalAccount: { keyId: "me", hmac: "accountKey" },
      dns: { scriptFile: "zone.sh", variables: { TOKEN: "zoneToken" } },
    },
    { accountKey: "c2VjcmV0", zoneToken: "token" },
  );
  const acme = loadConfig(undefined).service.balancer?.tls?.acme;
  expect(acme).toMatchObject({
    hosts: ["example.com"],
    directoryAuthority: authority,
    dns: { script: "echo zone" },
  });
  expect(await revealOutput(acme?.externalAccount?.hmac)).toEqual({ value: "c2VjcmV0", isSecret: true });
  expect(await revealOutput(acme?.dns?.variables?.TOKEN)).toEqual({ value: "token", isSecret: true });
});

test("a secret that is not there is named, and how it is set", () => {
  set({ hosts: ["example.com"], dns: { provider: "cloudflare", variables: { TOKEN: "zoneToken" } } });
  expect(readError()).toContain(
    "balancer.tls.acme.dns.variables.TOKEN must name a secret of the configuration, got (hidden). Run `pulumi config set --secret <name>` with the name given here.",
  );
});
