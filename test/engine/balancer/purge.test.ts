import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { toBalancer } from "../../support/balancers";
import { docker, until } from "../support/engine";
import { startWatched, type WatchedBalancer } from "./support/watched";

const balancer = toBalancer({
  pools: { api: { image: "api:1", port: 3000 } },
  routes: [{ pool: "api", cache: { seconds: 600 } }],
  balancer: { status: { purgeAllow: ["127.0.0.1"] } },
});

describe("answers that are kept", () => {
  let watched: WatchedBalancer;

  beforeAll(async () => {
    watched = await startWatched();
    const name = await watched.startReplica("api-1");
    await watched.push(balancer, { api: [{ name, title: "api-1" }] });
    await watched.inside("until curl -sf http://127.0.0.1/ -o /dev/null; do sleep 0.1; done");
  });
  afterAll(() => watched.remove());

  const askInside = (...args: string[]): Promise<string> =>
    docker("exec", watched.container, "curl", "-s", ...args);
  const cacheStatus = async (path: string): Promise<string> =>
    /^x-cache: *(\w+)/im.exec(
      await askInside("-D", "-", "-o", "/dev/null", `http://127.0.0.1${path}`),
    )?.[1] ?? "";
  const purge = async (path: string, method = "POST"): Promise<unknown> =>
    JSON.parse(await askInside("-X", method, `http://127.0.0.1/lb/purge?path=${path}`));

  test("are purged by path, with every query, and all at once", async () => {
    const paths = ["/a", "/a?page=2", "/a/b", "/b/a", "/b"];
    for (const path of paths) await cacheStatus(path);
    for (const path of paths) expect(await cacheStatus(path)).toBe("HIT");
    expect(await purge("/a")).toEqual({ purged: 2 });
    expect(await cacheStatus("/a/b")).toBe("HIT");
    expect(await cacheStatus("/b/a")).toBe("HIT");
    expect(await cacheStatus("/b")).toBe("HIT");
    expect(await cacheStatus("/a")).toBe("MISS");
    expect(await cacheStatus("/a?page=2")).toBe("MISS");
    expect(await purge("/nowhere", "PURGE")).toEqual({ purged: 0 });
    expect(await purge("*", "PURGE")).toMatchObject({ purged: expect.any(Number) as number });
    for (const path of paths) expect(await cacheStatus(path)).toBe("MISS");
  });

  test("are purged by a browser from the balancer's own pages alone", async () => {
    const statusWith = (...headers: string[]): Promise<string> =>
      askInside(
        ...["-X", "POST", "-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1/lb/purge?path=/a"],
        ...headers.map((header) => `-H${header}`),
      );
    for (const site of ["same-origin", "none"])
      expect(await statusWith(`Sec-Fetch-Site: ${site}`, "Origin: http://127.0.0.1")).toBe("200");
    for (const site of ["cross-site", "same-site"])
      expect(await statusWith(`Sec-Fetch-Site: ${site}`)).toBe("403");
    expect(await statusWith("Host: shop.example.com:8080", "Origin: http://shop.example.com:8080")).toBe(
      "200",
    );
    for (const origin of [
      "http://evil.example.com",
      "null",
      "http://127.0.0.1.example.com",
      "http://x 127.0.0.1",
    ])
      expect(await statusWith(`Origin: ${origin}`)).toBe("403");
  });

  test("are not purged by a link, nor without a path", async () => {
    expect(await purge("/a", "GET")).toEqual({ error: "use POST or PURGE" });
    expect(await purge("a")).toHaveProperty("error");
  });

  test("are purged by nobody where it is not said who may", async () => {
    await watched.push({ ...balancer, purgeAllow: [] }, {});
    expect(await askInside("-o", "/dev/null", "-w", "%{http_code}", "http://127.0.0.1/nginx-status")).toBe(
      "200",
    );
    await until("the route has the path", async () =>
      (await askInside("-X", "POST", "http://127.0.0.1/lb/purge?path=/a")).includes("no replica can answer"),
    );
  });
});
