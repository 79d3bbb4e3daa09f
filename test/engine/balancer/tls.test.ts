import { X509Certificate } from "node:crypto";
import http from "node:http";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { describeDay, makeTestCertificate } from "../../support/certificates";
import { readState, setSecret } from "../images/stack-secrets";
import { docker, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { type Authority, type Issued, makeAuthority } from "./support/authority";
import { askOverHttp2, askOverTls, shakeHands } from "./support/tls-client";

const workspace = useWorkspace({ name: "tls", pools: { api: demoPool({ replicas: 2 }) } });
const hosts = ["localhost", "127.0.0.1"];
let port: number;
let url: string;
let authority: Authority<"first" | "second" | "third" | "shop" | "client">;

beforeAll(async () => {
  port = await findFreePort();
  url = `https://127.0.0.1:${port}`;
  authority = await makeAuthority({
    first: { hosts },
    second: { hosts },
    third: { hosts },
    shop: { hosts: ["shop.example.com", "*.shop.example.com"] },
    client: { client: "orders" },
  });
  mkdirSync(join(workspace().folder, "certs"));
  write("site", authority.issued.first);
  setTls({ certificates: [site] });
  await workspace().deploy();
});

const site = { certificateFile: "certs/site.pem", keyFile: "certs/site.key" };

function write(name: string, { certificate, key }: Issued): void {
  writeFileSync(join(workspace().folder, "certs", `${name}.pem`), certificate);
  writeFileSync(join(workspace().folder, "certs", `${name}.key`), key);
}

function setTls(tls: object, further: object = {}): void {
  workspace().configure((settings) => {
    settings.balancer = { port: workspace().port, tls: { port, ...tls }, ...further };
  });
}

const fingerprintOf = ({ certificate }: Issued): string => new X509Certificate(certificate).fingerprint256;
const shown = async (options = {}): Promise<string> =>
  (await shakeHands(port, { ca: authority.certificate, ...options })).fingerprint;
const load = () => ({ target: url, load: { ca: authority.certificate } });

describe("certificates", () => {
  test("are shown, and stay the same when nothing changes", async () => {
    const { changes } = await workspace().deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect(await shakeHands(port, { ca: authority.certificate })).toMatchObject({
      fingerprint: fingerprintOf(authority.issued.first),
      authorized: true,
    });
  });

  test("have keys that nobody finds: not in the state, not in the engine's description, not for Nginx's workers", async () => {
    const secrets = [authority.issued.first.key, authority.issued.first.key.split("\n")[1] ?? ""];
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    const inspected = await docker("inspect", balancer);
    const state = readState(workspace());
    expect(secrets.filter((text) => state.includes(JSON.stringify(text).slice(1, -1)))).toEqual([]);
    expect(secrets.filter((text) => inspected.includes(text))).toEqual([]);
    const modes = await docker(
      ...["exec", balancer, "stat", "-c", "%a %U"],
      ...["/etc/flotilla/live/certificates", "/etc/flotilla/live/certificates/1.key"],
    );
    expect(modes.split("\n")).toEqual(["700 root", "600 root"]);
  });

  test("are renewed without losing a request, and without touching a container", async () => {
    write("site", authority.issued.second);
    const { result } = await row({ operation: "renewed certificate", ...load() }, () => workspace().deploy());
    expect(result.changes).toMatchObject({ create: 0, update: 0, delete: 0, replace: 2 });
    expect(result.text).toMatch(/app-balancer-push/);
    expect(result.text).not.toMatch(/docker:index:Container/);
    expect(result.text).not.toContain("PRIVATE KEY");
    expect(await shown()).toBe(fingerprintOf(authority.issued.second));
  });

  test("are refused when they have expired, and traffic stays as it was", async () => {
    write("site", makeTestCertificate({ hosts, from: -40, until: -4 }));
    const { result } = await row({ operation: "expired certificate (`up` fails)", ...load() }, () =>
      workspace().up(),
    );
    expect(result.ok).toBe(false);
    expect(result.text).toContain(
      `balancer.tls.certificates[0].certificateFile must be valid today, got "certs/site.pem". It expired on ${describeDay(-4)}: renew it.`,
    );
    expect(await shown()).toBe(fingerprintOf(authority.issued.second));
  });

  test("are refused when they are missing, together with everything else that is wrong", async () => {
    write("site", { ...authority.issued.first, key: authority.issued.second.key });
    setTls({
      certificates: [site, { ...site, certificateFile: "certs/none.pem", hosts: ["a.example.com"] }],
    });
    const { result } = await row({ operation: "missing certificate (`up` fails)", ...load() }, () =>
      workspace().up(),
    );
    expect(result.ok).toBe(false);
    expect(result.text).toContain(
      'balancer.tls.certificates[0].keyFile must belong to the certificate, got "certs/site.key".',
    );
    expect(result.text).toContain(
      'balancer.tls.certificates[1].certificateFile must name a file that can be read, got "certs/none.pem". Create certs/none.pem, or correct its path.',
    );
    expect(await shown()).toBe(fingerprintOf(authority.issued.second));
  });

  test("go with keys of the configuration, and each host gets its own", async () => {
    const { first, shop } = authority.issued;
    write("site", first);
    write("shop", shop);
    await setSecret(workspace(), "shopKey", shop.key);
    setTls({
      certificates: [
        site,
        {
          certificateFile: "certs/shop.pem",
          key: "shopKey",
          hosts: ["shop.example.com", "*.shop.example.com"],
        },
      ],
    });
    await row({ operation: "another host's certificate", ...load() }, () => workspace().deploy());
    expect(await shown({ servername: "shop.example.com" })).toBe(fingerprintOf(shop));
    expect(await shown({ servername: "www.shop.example.com" })).toBe(fingerprintOf(shop));
    expect(await shown()).toBe(fingerprintOf(first));
    const answer = await askOverTls(`${url}/echo`, {
      ca: authority.certificate,
      servername: "shop.example.com",
      headers: { host: "shop.example.com" },
    });
    expect(answer.status).toBe(200);
    expect(readState(workspace())).not.toContain(JSON.stringify(shop.key).slice(1, -1));
    // Values that nothing reads are refused.
    workspace().configure((settings) => delete settings.shopKey);
  });
});

describe("connections", () => {
  beforeAll(async () => {
    setTls({ certificates: [site], hsts: { includeSubdomains: true } });
    await workspace().deploy();
  });

  test("speak HTTP/2, many requests at a time", async () => {
    expect(await askOverHttp2(url, authority.certificate, 20)).toEqual(Array<number>(20).fill(200));
  });

  test("are of TLS 1.2 or 1.3, with keys that are made for each", async () => {
    const ca = authority.certificate;
    expect(await shakeHands(port, { ca })).toMatchObject({ protocol: "TLSv1.3" });
    expect(await shakeHands(port, { ca, maxVersion: "TLSv1.2" })).toMatchObject({
      protocol: "TLSv1.2",
      cipher: expect.stringMatching(/^ECDHE-.*(GCM|CHACHA20)/) as string,
    });
    const weak = { ca, minVersion: "TLSv1", maxVersion: "TLSv1.1", ciphers: "DEFAULT@SECLEVEL=0" } as const;
    await expect(shakeHands(port, weak)).rejects.toThrow(/protocol version|alert/i);
    const ciphers = "AES128-SHA256:AES256-GCM-SHA384:@SECLEVEL=0";
    await expect(shakeHands(port, { ca, maxVersion: "TLSv1.2", ciphers })).rejects.toThrow(
      /handshake failure/,
    );
  });

  test("have browsers stay with TLS", async () => {
    const { headers } = await askOverTls(`${url}/echo`, { ca: authority.certificate });
    expect(headers["strict-transport-security"]).toBe("max-age=31536000; includeSubDomains");
  });

  test("go on from a session of before a reload", async () => {
    const ca = authority.certificate;
    for (const maxVersion of ["TLSv1.2", "TLSv1.3"] as const) {
      const { session } = await shakeHands(port, { ca, maxVersion });
      expect(session).toBeDefined();
      setTls(
        { certificates: [site], hsts: { includeSubdomains: true } },
        { retryAfterSeconds: maxVersion === "TLSv1.2" ? 6 : 7 },
      );
      await workspace().deploy();
      const { reused } = await shakeHands(port, {
        ca,
        maxVersion,
        ...(session === undefined ? {} : { session }),
      });
      expect({ maxVersion, reused }).toEqual({ maxVersion, reused: true });
    }
  });

  test("of plain HTTP are sent to TLS with path and query; only the balancer's health is told", async () => {
    const location = await new Promise((resolve, reject) => {
      const headers = { host: "shop.example.com:8080" };
      http
        .get(`${workspace().url}/a%20b/c?d=e&f=%2F`, { headers, agent: false }, (response) => {
          response.resume();
          resolve([response.statusCode, response.headers.location]);
        })
        .on("error", reject);
    });
    expect(location).toEqual([308, `https://shop.example.com:${port}/a%20b/c?d=e&f=%2F`]);
    expect(await ask(`${workspace().url}/healthz`)).toEqual({ status: 200, body: '{"status":"ok"}' });
  });

  test("come from clients that a trusted proxy names", async () => {
    const headers = { "x-forwarded-for": "203.0.113.9", "x-forwarded-proto": "http" };
    const seen = async () => {
      const { body } = await askOverTls(`${url}/echo`, { ca: authority.certificate, headers });
      const told = (JSON.parse(body) as { headers: Record<string, string> }).headers;
      return [told["x-forwarded-proto"], told["x-real-ip"] === "203.0.113.9"];
    };
    expect(await seen()).toEqual(["https", false]);
    setTls({ certificates: [site] }, { trustedProxies: { addresses: ["0.0.0.0/0"] } });
    await workspace().deploy();
    expect(await seen()).toEqual(["http", true]);
  });
});

describe("clients' certificates", () => {
  const own = () => ({ cert: authority.issued.client.certificate, key: authority.issued.client.key });
  const echo = async (options = {}) => {
    const { status, body } = await askOverTls(`${url}/echo`, { ca: authority.certificate, ...options });
    return { status, body };
  };
  const told = (body: string) => {
    const { headers } = JSON.parse(body) as { headers: Record<string, string> };
    return [headers["x-client-verified"], headers["x-client-subject"]];
  };

  beforeAll(() => {
    writeFileSync(join(workspace().folder, "certs", "clients.pem"), authority.certificate);
  });

  test("are asked for, where they are required", async () => {
    setTls({ certificates: [site], clients: { authorityFile: "certs/clients.pem" } });
    await workspace().deploy();
    expect((await echo()).status).toBe(400);
    const foreign = makeTestCertificate();
    expect((await echo({ cert: foreign.certificate, key: foreign.key })).status).toBe(400);
    const { status, body } = await echo(own());
    expect(status).toBe(200);
    expect(told(body)).toEqual(["SUCCESS", "CN=orders"]);
  });

  test("are told to the application, where they are not", async () => {
    setTls({ certificates: [site], clients: { authorityFile: "certs/clients.pem", required: false } });
    await workspace().deploy();
    expect(told((await echo(own())).body)).toEqual(["SUCCESS", "CN=orders"]);
    const lying = await echo({
      headers: { "x-client-verified": "SUCCESS", "x-client-subject": "CN=orders" },
    });
    expect(told(lying.body)).toEqual(["NONE", undefined]);
  });
});
