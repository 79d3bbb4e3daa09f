import { describe, expect, test } from "vitest";
import { countedLogs } from "../../nginx/counted";
import { renderFiles } from "../../nginx/files";
import { renderNginx } from "../../nginx/render";
import { needsWatch } from "../../nginx/watch-directives";
import { watchFiles } from "../../nginx/watch-files";
import { minimalBalancer, toBalancer } from "../support/balancers";

const api = { image: "api:1", port: 3000 };
const quiet = toBalancer({
  pools: { api: { ...api, balancing: { activeHealth: { enabled: false } } } },
  balancer: { status: { metrics: false } },
});

describe("a balancer that watches nothing", () => {
  test("has no JavaScript, so that an image without it will do", () => {
    expect(needsWatch(quiet)).toBe(false);
    expect(renderNginx(quiet)).not.toMatch(/js_|ngx_http_js|flotilla_counted|8102/);
    expect(Object.keys(watchFiles(quiet))).toEqual([]);
  });

  test("shows Nginx's own numbers all the same", () => {
    expect(renderNginx(quiet)).toContain("stub_status;");
    expect(renderNginx(quiet)).not.toContain("/lb/status");
  });
});

describe("a balancer that watches", () => {
  test.each([
    ["asks", { activeHealth: { intervalSeconds: 5 } }, false],
    ["lets wait", { activeHealth: { enabled: false }, holdSeconds: 3 }, false],
    ["counts", { activeHealth: { enabled: false } }, true],
  ])("has the code for it when it %s", (_, balancing, metrics) => {
    const balancer = toBalancer({ pools: { api: { ...api, balancing } }, balancer: { status: { metrics } } });
    expect(renderNginx(balancer)).toContain("js_import watch from watch.js;");
    expect(Object.keys(renderFiles(balancer))).toEqual(
      expect.arrayContaining(["watch-code.js", "watch.js", "watched"]),
    );
  });

  test("cuts an answer off before it is asked for again", () => {
    const balancer = toBalancer({
      pools: { api: { ...api, balancing: { activeHealth: { intervalSeconds: 3, timeoutSeconds: 3 } } } },
    });
    expect(renderNginx(balancer)).toContain("js_periodic watch.ask0 interval=3s;");
    expect(renderNginx(balancer)).toContain("js_fetch_timeout 2900ms;");
  });

  test("names only pools whose replicas it may take out", () => {
    const balancer = toBalancer({
      pools: { api, reports: { ...api, balancing: { activeHealth: { enabled: false } } } },
      routes: [{ pool: "api" }, { path: "/reports", pool: "reports" }],
    });
    expect(watchFiles(balancer).watched).toBe("api\n");
  });

  test("shows its state to those alone who may see it", () => {
    const text = renderNginx({ ...minimalBalancer, statusAllow: ["10.1.2.3"] });
    for (const path of ["/nginx-status", "/lb/status"])
      expect(text).toMatch(new RegExp(`location = ${path} {\\n *allow 10.1.2.3;\\n *deny all;`));
    expect(renderNginx({ ...minimalBalancer, statusAllow: [] })).not.toContain("/lb/");
  });

  test("lets nobody purge until it is said who may", () => {
    expect(renderNginx(minimalBalancer)).not.toContain("purge");
    const purged = (status: object) => renderNginx(toBalancer({ pools: { api }, balancer: { status } }));
    expect(purged({ allow: ["10.1.2.3"] })).not.toContain("purge");
    expect(purged({ purgeAllow: ["10.1.2.3"] })).toMatch(
      /location = \/lb\/purge {\n *allow 10.1.2.3;\n *deny all;[^}]*if \(\$is_cross_site\) {\n *return 403;/,
    );
  });

  test("has the code for a purge where it has no other use for it", () => {
    const balancer = { ...quiet, purgeAllow: ["10.1.2.3"] };
    expect(renderNginx(balancer)).toContain("js_content watch.purge;");
    expect(Object.keys(renderFiles(balancer))).toContain("watch.js");
  });

  test("lets no upload wait that is passed on piece by piece, nor a call", () => {
    const held = (route: object): string =>
      renderNginx(
        toBalancer({
          pools: { api: { ...api, balancing: { holdSeconds: 5 } } },
          routes: [{ pool: "api", ...route }],
        }),
      );
    expect(held({})).toContain("location @hold_1 {");
    expect(held({ streamsUploads: true })).not.toContain("@hold_1");
  });

  test("keeps its logs where the users' log is off", () => {
    const text = renderNginx({ ...minimalBalancer, accessLog: { format: "off", sample: 1 } });
    for (const log of countedLogs(minimalBalancer)) expect(text).toContain(log);
    expect(text.split("\n")).not.toContain("  access_log off;");
  });
});
