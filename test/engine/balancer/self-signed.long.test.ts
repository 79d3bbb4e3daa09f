import { X509Certificate } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { readState } from "../images/stack-secrets";
import { docker, findRunning } from "../support/engine";
import { findFreePort } from "../support/ports";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { shakeHands } from "./support/tls-client";

const workspace = useWorkspace({ name: "self-signed", pools: { api: demoPool() } });
let port: number;

beforeAll(async () => {
  port = await findFreePort();
  workspace().configure((settings) => {
    settings.balancer = { port: workspace().port, tls: { port } };
  });
});

describe("a certificate that Flotilla makes", () => {
  let certificate: X509Certificate;
  const read = async (servername?: string) => {
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    const made = new X509Certificate(
      await docker("exec", balancer, "cat", "/etc/flotilla/live/certificates/1.pem"),
    );
    const { authorized } = await shakeHands(port, {
      ca: made.toString(),
      ...(servername === undefined ? {} : { servername }),
    });
    return { made, authorized };
  };

  test("stands in where there is none, and stays", async () => {
    const { text } = await workspace().deploy();
    expect(text).toContain(
      "Flotilla makes one that no browser trusts. Set balancer.tls.acme: { hosts }, which gets one",
    );
    expect(text).toContain(`curl --insecure https://localhost:${port}/healthz`);
    const first = await read();
    expect(first.authorized).toBe(true);
    certificate = first.made;
    const { changes } = await workspace().deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expect((await read()).made.fingerprint256).toBe(certificate.fingerprint256);
    expect(readState(workspace())).not.toContain("PRIVATE KEY");
  });

  test("is made anew for another host", async () => {
    workspace().configure((settings) => {
      settings.routes = [{ pool: "api" }, { host: "shop.example.com", pool: "api" }];
    });
    await workspace().deploy();
    const { made, authorized } = await read("shop.example.com");
    expect(authorized).toBe(true);
    expect(made.fingerprint256).not.toBe(certificate.fingerprint256);
  });
});
