import { beforeAll, describe, expect, test } from "vitest";
import { renderLook } from "../../../components/service/options/health-check/render";
import { healthCheck } from "../../../components/service/options/health-check/schema";
import { docker, succeeds, until } from "../support/engine";
import { ask } from "../support/requests";
import {
  createNetwork,
  findStandIn,
  provide,
  publishedAt,
  runIn,
  shellIn,
  start,
  useContainers,
} from "./containers";

useContainers();

const isHealthy = (container: string, port: number, path: string) => {
  const check = renderLook(healthCheck.parse({ path, timeoutSeconds: 3 }), port);
  return until(`the health check of port ${port} succeeds`, () => succeeds(shellIn(container, check)), 30);
};

// The same text that Flotilla gives to Docker, so that no image depends on a client that another one happens to have.
test.each([
  { name: "nginx", port: 80, path: "/", command: [] },
  { name: "prom/prometheus", port: 9090, path: "/-/ready", command: [] },
  { name: "prom/alertmanager", port: 9093, path: "/-/ready", command: [] },
  { name: "prom/node-exporter", port: 9100, path: "/metrics", command: [] },
  { name: "python", port: 8000, path: "/", command: ["python3", "-m", "http.server", "8000"] },
  {
    ...{ name: "node", port: 3000, path: "/" },
    command: ["node", "-e", "require('http').createServer((_, answer) => answer.end()).listen(3000)"],
  },
])("Flotilla's health check works in $name", async ({ name, port, path, command }) => {
  await provide(name);
  const container = await start([], findStandIn(name).image, ...command);
  expect(await isHealthy(container, port, path)).toBeLessThan(30);
});

describe("nginx", () => {
  const { image } = findStandIn("nginx");
  beforeAll(() => provide("nginx"));

  test("has the user and folder that the official settings name, and njs but not brotli", async () => {
    const settings =
      "load_module modules/ngx_http_js_module.so; user nginx; events {} http { proxy_cache_path /var/cache/nginx/x keys_zone=x:1m; }";
    expect(
      await runIn(
        image,
        "sh",
        "-c",
        `echo '${settings}' > /tmp/n.conf && nginx -t -c /tmp/n.conf && id -u nginx`,
      ),
    ).toBe("101");
    const brotli = "load_module modules/ngx_http_brotli_filter_module.so; events {}";
    await expect(
      runIn(image, "sh", "-c", `echo '${brotli}' > /tmp/n.conf && nginx -t -c /tmp/n.conf`),
    ).rejects.toThrow("brotli");
  });

  test("fills templates before it starts, and runs what lies in /docker-entrypoint.d", async () => {
    const script =
      "mkdir -p /etc/nginx/templates && echo 'add_header X-Name ${NAME};' > /etc/nginx/templates/name.conf.template && /docker-entrypoint.sh nginx -t && cat /etc/nginx/conf.d/name.conf";
    expect(await runIn("--env=NAME=filled", image, "sh", "-c", script)).toBe("add_header X-Name filled;");
  });

  test("ends gracefully when it is stopped", async () => {
    const container = await start([], image);
    await isHealthy(container, 80, "/");
    await docker("stop", container);
    expect(await docker("inspect", "--format={{.State.ExitCode}}", container)).toBe("0");
  });
});

describe("node", () => {
  const { image } = findStandIn("node");
  beforeAll(() => provide("node"));

  test("is what options and scripts are for, and has npm and the user node", async () => {
    expect(await runIn(image, "--print", "40 + 2")).toBe("42");
    expect(await runIn(image, "node", "--print", "process.env.NODE_VERSION === process.versions.node")).toBe(
      "true",
    );
    expect(await runIn("--user=node", image, "sh", "-c", "npm --version >/dev/null && id -u && pwd")).toBe(
      "1000\n/",
    );
  });
});

describe("the exporters without a shell", () => {
  test("of nginx reads the page of an nginx", async () => {
    await provide("nginx", "nginx/nginx-prometheus-exporter");
    const network = await createNetwork("exporter");
    const settings = "events {} http { server { listen 80; location /status { stub_status; } } }";
    await start(
      [`--network=${network}`, "--network-alias=web"],
      findStandIn("nginx").image,
      "sh",
      "-c",
      `echo '${settings}' > /tmp/n.conf && exec nginx -c /tmp/n.conf -g 'daemon off;'`,
    );
    const exporter = await start(
      [`--network=${network}`, "--publish-all"],
      findStandIn("nginx/nginx-prometheus-exporter").image,
      "--nginx.scrape-uri=http://web/status",
    );
    await expect
      .poll(async () => ask(`${await publishedAt(exporter, 9113)}/metrics`), { timeout: 60_000 })
      .toMatchObject({ body: expect.stringContaining("nginx_up 1") as string });
  });
});
