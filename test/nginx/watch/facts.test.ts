import { describe, expect, test } from "vitest";
import { listExpiries, renderFactFiles } from "../../../deploy/configuration-files";
import { parseFacts, renderFacts } from "../../../nginx/watch/facts";
import { renderMetrics } from "../../../nginx/watch/metrics";
import { parseReplicas } from "../../../nginx/watch/replicas";
import { startAtZero } from "../../../nginx/watch/zeros";
import { makeTestCertificate } from "../../support/certificates";
import { parseMetrics } from "../../support/metrics";

const connections = { active: 0, reading: 0, writing: 0, waiting: 0, accepted: 0, handled: 0 };

describe("what is known of the configuration", () => {
  test("is when it was deployed, and when its certificates expire", () => {
    const text = renderFacts(parseFacts("1700000000", "certificates/1.pem 1800000000\n"));
    expect(parseMetrics(text)).toEqual([
      { name: "flotilla_deployed_timestamp_seconds", labels: {}, value: 1_700_000_000 },
      {
        name: "flotilla_certificate_expiry_timestamp_seconds",
        labels: { certificate: "certificates/1.pem" },
        value: 1_800_000_000,
      },
    ]);
  });

  test("is nothing where an earlier version has written nothing", () => {
    expect(renderFacts(parseFacts("", ""))).toBe("");
  });

  test("is written by a push, without the keys", () => {
    const { certificate, key } = makeTestCertificate({ until: 90 });
    const files = { "certificates/1.pem": certificate, "certificates/1.key": key };
    const [, file, seconds] = /^(\S+) (\d+)\n$/.exec(listExpiries(files)) ?? [];
    expect(file).toBe("certificates/1.pem");
    expect(Math.abs(Number(seconds) - Date.now() / 1000 - 90 * 86_400)).toBeLessThan(60);
    expect(renderFactFiles(files)).not.toContain("PRIVATE KEY");
  });
});

describe("before the first request", () => {
  const settings = {
    name: "shop",
    sharesFront: false,
    upstreams: [{ name: "api", holdSeconds: 0, takesAnyAnswer: false }],
    routes: [{ title: "/", upstream: "api" }],
    caches: [],
  };
  const replicas = parseReplicas("api api-1 a 3000 10.0.0.1\n");

  test("counters are there, so that Prometheus sees the first failures as an increase", () => {
    const samples = parseMetrics(renderMetrics(startAtZero(settings, replicas), replicas, connections));
    const ofApi = { upstream: "api", replica: "api-1" };
    for (const [name, labels] of [
      ["flotilla_requests_total", { ...ofApi, class: "5xx" }],
      ["flotilla_requests_total", { upstream: "api", replica: "", class: "5xx" }],
      ["flotilla_errors_total", ofApi],
      ["flotilla_retries_total", { upstream: "api" }],
      ["flotilla_limited_total", { route: "/" }],
      ["flotilla_request_duration_seconds_count", { upstream: "api" }],
      ["flotilla_try_duration_seconds_count", ofApi],
    ] as const)
      expect(samples).toContainEqual({ name, labels, value: 0 });
  });
});
