import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { renderNginx } from "../../nginx/render";
import { balancers, minimalBalancer } from "../support/balancers";
import { describeFragments } from "../support/fragments";

const folder = join(__dirname, "..", "golden", "nginx");
const update = process.env.UPDATE_GOLDEN === "1";

function nameGolden(name: string): string {
  return name === whole ? `${name}.conf` : `${name}.txt`;
}

/** The balancer whose golden file is whole; those of the others say in what they differ from it. */
const whole = "single-pool";

describe("the settings", () => {
  test.each(Object.entries(balancers))("of %s are those of the golden file", (name, balancer) => {
    const file = join(folder, nameGolden(name));
    const settings = renderNginx(balancer);
    const text = name === whole ? settings : describeFragments(settings, renderNginx(minimalBalancer));
    if (update) {
      mkdirSync(folder, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(readFileSync(file, "utf8"));
  });

  test("have no golden file too many", () => {
    expect(readdirSync(folder).sort()).toEqual(Object.keys(balancers).map(nameGolden).sort());
  });

  test("are the same when nothing changed", () => {
    expect(renderNginx(structuredClone(minimalBalancer))).toBe(renderNginx(minimalBalancer));
  });

  test("use no IPv6, which Docker's networks seldom have", () => {
    const text = Object.values(balancers).map(renderNginx).join("\n");
    expect(text).not.toContain("[::]");
    expect(text).toContain("resolver 127.0.0.11 valid=2s ipv6=off;");
  });

  test("repeat no request that may have been carried out already, unless asked to", () => {
    const [upstream] = minimalBalancer.upstreams;
    expect(upstream?.retries.repeatWrites).toBe(false);
    expect(renderNginx(minimalBalancer)).not.toContain("non_idempotent");
  });

  test("tell applications the host that Nginx chose the server by", () => {
    for (const balancer of Object.values(balancers))
      expect(renderNginx(balancer)).not.toMatch(/(?:Host|X-Forwarded-Host) \$http_host/);
    const older = renderNginx({ ...minimalBalancer, version: [1, 28, 2] });
    expect(older).toContain("proxy_set_header Host $host$asked_port;");
    expect(older).toContain("map $http_host $asked_port {");
    expect(older).not.toContain("request_port");
    expect(renderNginx(minimalBalancer)).toContain(
      "proxy_set_header Host $host$is_request_port$request_port;",
    );
  });

  test("pass no upgrade but to a WebSocket", () => {
    const text = Object.values(balancers).map(renderNginx).join("\n");
    expect(text).toContain('map $http_upgrade $upstream_upgrade {\n    "~*^websocket$" $http_upgrade;\n');
    expect(text).not.toMatch(/proxy_set_header (?:Upgrade|Connection) \$http_/);
  });

  test("close an idle connection to a replica before an application with its own defaults does", () => {
    expect(minimalBalancer.upstreams.map(({ keepalive }) => keepalive.seconds)).toEqual([1.5]);
    expect(renderNginx(minimalBalancer)).toContain("keepalive_timeout 1500ms;");
  });

  test("name no replica, or a replica that joins would change them", () => {
    const servers = Object.values(balancers).flatMap(
      (balancer) => renderNginx(balancer).match(/^\s*server \w.*;$/gm) ?? [],
    );
    expect(servers).toEqual([]);
  });

  test("cannot be made for a route to nowhere", () => {
    const routes = minimalBalancer.routes.map((route) => ({
      ...route,
      target: { kind: "upstream" as const, upstream: "web", protocol: "http" as const },
    }));
    expect(() => renderNginx({ ...minimalBalancer, routes })).toThrow('A route names the upstream "web"');
  });
});

test("what differs from the whole file is seen line by line", () => {
  const settings = renderNginx(balancers.tls ?? minimalBalancer);
  const usual = renderNginx(minimalBalancer);
  const described = describeFragments(settings, usual);
  const lines = settings.split("\n");
  const unseen = lines.filter((line, index) => {
    if (line.trim() === "" || /[{}]$/.test(line)) return false;
    return describeFragments(lines.toSpliced(index, 1).join("\n"), usual) === described;
  });
  expect(unseen).toEqual([]);
  // Some hundred whole files are described, which is nothing but calculation.
}, 120_000);
