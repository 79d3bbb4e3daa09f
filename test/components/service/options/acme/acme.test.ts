import { afterEach, describe, expect, test } from "vitest";
import * as pulumi from "@pulumi/pulumi";
import type { AcmeArgs } from "../../../../../components/types";
import { makeTestCertificate } from "../../../../support/certificates";
import { resetDocker } from "../../../../support/fake-docker";
import type { Recording } from "../../../../support/recorder";
import { inputOf, isSecret, minimalPool, recordService, reveal } from "../../../../support/service";

afterEach(resetDocker);

const recordAcme = (acme: AcmeArgs, preview = false): Promise<Recording> =>
  recordService(
    {
      pools: { api: minimalPool, cache: { image: "redis:8", port: 6379, reachableFrom: ["api"] } },
      routes: [{ pool: "api", host: "www.example.com" }],
      balancer: { port: 80, tls: { acme } },
    },
    { preview },
  );

/** The files of the container that asks, by path. */
function filesOf(recording: Recording): Record<string, string> {
  const uploads = reveal(recording.find("app-certificates").inputs.uploads) as {
    file: string;
    content: string;
  }[];
  return Object.fromEntries(uploads.map(({ file, content }) => [file, content]));
}

describe("who asks an authority", () => {
  test("is one container of little rights, with what it got in a volume that is kept", async () => {
    const recording = await recordAcme({ email: "ops@example.com" });
    const { inputs } = recording.find("app-certificates");
    expect(inputs).toMatchObject({
      user: "65534:65534",
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges"],
      entrypoints: ["sh", "/flotilla/renew.sh"],
      memory: 128,
    });
    expect(inputs.ports).toBeUndefined();
    expect((inputs.volumes as { containerPath: string }[]).map(({ containerPath }) => containerPath)).toEqual(
      ["/data", "/etc/flotilla"],
    );
    expect(recording.find("app-certificates-data").inputs.name).toBe("flotilla-test-app-certificates");
  });

  test("is told the hosts, the authority and no secret but by a file", async () => {
    const recording = await recordAcme({
      email: "ops@example.com",
      directory: "https://ca.example.com/dir",
      directoryAuthority: makeTestCertificate().certificate,
      externalAccount: { keyId: "me", hmac: pulumi.secret("c2VjcmV0") },
      dns: { provider: "cloudflare", variables: { CLOUDFLARE_DNS_API_TOKEN: pulumi.secret("token") } },
    });
    const { inputs } = recording.find("app-certificates");
    expect(isSecret(inputs.uploads)).toBe(true);
    expect(inputs.envs).toEqual(["LEGO_CA_CERTIFICATES=/flotilla/authority.pem"]);
    const files = filesOf(recording);
    expect(files).toMatchObject({
      "/flotilla/variables/CLOUDFLARE_DNS_API_TOKEN": "token",
      "/flotilla/variables/LEGO_EAB_KID": "me",
      "/flotilla/variables/LEGO_EAB_HMAC": "c2VjcmV0",
    });
    expect(files["/flotilla/renew.sh"]).toMatch(
      /^hosts='www\.example\.com'\nemail='ops@example\.com'\nserver='https:\/\/ca\.example\.com\/dir'\nstore='\/data\/[0-9a-f]{12}'/,
    );
    expect(files["/flotilla/renew.sh"]).toContain("provider='cloudflare'");
  });

  test("may call a script", async () => {
    const files = filesOf(await recordAcme({ dns: { script: "echo $1 $2 $3" } }));
    expect(files["/flotilla/change-zone.sh"]).toBe("echo $1 $2 $3");
    expect(files["/flotilla/renew.sh"]).toContain("provider='exec'");
  });

  test("starts when the balancer answers, and the update tells what came of it", async () => {
    const recording = await recordAcme({});
    const names = recording.resources.map(({ name }) => name);
    expect(names.indexOf("app-certificates")).toBeGreaterThan(names.indexOf("app-balancer-push"));
    expect(names).toContain("app-certificates-given");
  });

  test("is foreseen by a preview, and there is none without need", async () => {
    const foreseen = (await recordAcme({}, true)).resources.map(({ name }) => name);
    expect(foreseen).toEqual(expect.arrayContaining(["app-certificates", "app-certificates-given"]));
    const plain = await recordService({ pools: { api: minimalPool }, balancer: { tls: {} } });
    expect(plain.resources.filter(({ name }) => name.startsWith("app-certificates"))).toEqual([]);
  });
});

test("until there is a certificate, the balancer has one of Flotilla's own, and knows that it gives way", async () => {
  const { secretFiles, files } = inputOf((await recordAcme({})).find("app-balancer-push")) as {
    secretFiles: Record<string, string>;
    files: Record<string, string>;
  };
  expect(Object.keys(secretFiles)).toEqual(["certificates/1.pem", "certificates/1.key"]);
  expect(files.renewed).toBe("certificates/1.pem certificates/1.key\n");
});

test("beside certificates that are given, the authority's is one more", async () => {
  const given = makeTestCertificate({ hosts: ["shop.example.com"] });
  const recording = await recordService({
    pools: { api: minimalPool },
    routes: [{ pool: "api", host: "www.example.com" }],
    balancer: {
      port: 80,
      tls: { certificates: [{ ...given, hosts: ["shop.example.com"] }], acme: {} },
    },
  });
  const { files, settings } = inputOf(recording.find("app-balancer-push")) as {
    files: Record<string, string>;
    settings: string;
  };
  expect(files.renewed).toBe("certificates/2.pem certificates/2.key\n");
  expect(settings).toMatch(
    /ssl_certificate certificates\/2\.pem;\n *ssl_certificate_key certificates\/2\.key;\n *server_name www\.example\.com;/,
  );
});
