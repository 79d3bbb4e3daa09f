import { spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import http from "node:http";
import { dirname, join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { readState } from "../images/stack-secrets";
import { docker, findRunning, until } from "../support/engine";
import { record, row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const workspace = useWorkspace({
  name: "static",
  pools: { api: demoPool({ replicas: 2 }) },
  settings: {
    routes: [
      { pool: "api" },
      { path: "/assets/", static: { folder: "public", seconds: 600 } },
      { path: "/build/", static: { folder: "public/build", immutable: true, seconds: 31_536_000 } },
      { path: "/app/", static: { folder: "public/app", fallback: "index.html", seconds: 0 } },
    ],
  },
});

beforeAll(async () => {
  write("public/index.html", "<h1>Shop</h1>\n");
  write("public/site.css", "body { color: black }\n".repeat(200));
  write("public/shop.js", "export {};\n");
  write("public/sub/index.html", "<h1>Sub</h1>\n");
  write("public/empty/data.bin", "0123456789");
  write("public/a name ü.txt", "text\n");
  write("public/.env", "PASSWORD=hunter2\n");
  write("public/.well-known/security.txt", "Contact: mailto:a@example.com\n");
  write("public/build/app.1234.js", "run();\n");
  write("public/app/index.html", "<h1>App</h1>\n");
  write("secret.txt", "hunter2\n");
  await workspace().deploy();
});

function write(path: string, text: string): void {
  const file = join(workspace().folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
}

/** Asks for a path as it is: a URL would tidy it up. */
function get(path: string, headers: http.OutgoingHttpHeaders = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { port } = workspace();
    const options = { host: "127.0.0.1", port, path, headers, agent: false };
    http
      .get(options, (response) => {
        let body = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
      })
      .on("error", reject);
  });
}

describe("files", () => {
  test.each([
    ["/assets/", "text/html; charset=utf-8", "<h1>Shop</h1>\n"],
    ["/assets/sub/", "text/html; charset=utf-8", "<h1>Sub</h1>\n"],
    ["/assets/shop.js", "application/javascript; charset=utf-8", "export {};\n"],
    ["/assets/site.css?v=2", "text/css; charset=utf-8", "body { color: black }\n".repeat(200)],
    ["/assets/empty/data.bin", "application/octet-stream", "0123456789"],
    ["/assets/a%20name%20%C3%BC.txt", "text/plain; charset=utf-8", "text\n"],
    ["/assets/.well-known/security.txt", "text/plain; charset=utf-8", "Contact: mailto:a@example.com\n"],
  ])("%s are served with their type", async (path, type, body) => {
    const answer = await get(path);
    expect(answer).toMatchObject({ status: 200, body });
    expect(answer.headers["content-type"]).toBe(type);
    expect(answer.headers["cache-control"]).toBe("public, max-age=600");
    expect(answer.headers["x-content-type-options"]).toBe("nosniff");
  });

  test("that never change under their name say so", async () => {
    const { headers } = await get("/build/app.1234.js");
    expect(headers["cache-control"]).toBe("public, max-age=31536000, immutable");
  });

  test("are sent once, and then only when they changed", async () => {
    const { headers } = await get("/assets/site.css");
    expect(headers).not.toHaveProperty("last-modified");
    const again = await get("/assets/site.css", { "if-none-match": headers.etag });
    expect(again).toMatchObject({ status: 304, body: "" });
    expect((await get("/assets/site.css", { "if-none-match": '"another"' })).status).toBe(200);
  });

  test("are sent in part, and compressed", async () => {
    const part = await get("/assets/empty/data.bin", { range: "bytes=2-4" });
    expect(part).toMatchObject({ status: 206, body: "234" });
    expect(part.headers["content-range"]).toBe("bytes 2-4/10");
    const { headers } = await get("/assets/site.css", { "accept-encoding": "gzip" });
    expect(headers["content-encoding"]).toBe("gzip");
  });

  test("of a folder have its page at the folder's own address", async () => {
    const { status, headers } = await get("/assets/sub");
    expect([status, headers.location]).toEqual([301, "/assets/sub/"]);
  });

  test.each([
    "/assets/none.html",
    "/assets/empty/",
    "/assets/empty",
    "/assets/.env",
    "/assets/..%5csecret.txt",
  ])("that are not to be had are not found: %s", async (path) => {
    const { status, body, headers } = await get(path);
    expect(status).toBe(404);
    expect(body).not.toContain("hunter2");
    expect(headers["cache-control"]).toBeUndefined();
  });

  test.each(["/assets/%2e%2e/secret.txt", "/assets/..%2fsecret.txt", "/assets/%2e%2e%2fcertificates/1.key"])(
    "what leads out of the folder is another route's, the application's: %s",
    async (path) => {
      const { status, body } = await get(path);
      expect(status).toBe(200);
      expect(body).toContain("served_by");
      expect(body).not.toContain("hunter2");
    },
  );

  test("that are none are the application's page, where there is a fallback", async () => {
    for (const path of ["/app/", "/app/orders/7", "/app/orders"])
      expect(await get(path)).toMatchObject({ status: 200, body: "<h1>App</h1>\n" });
    expect((await get("/app/orders")).headers["cache-control"]).toBe("public, max-age=0");
  });
});

describe("a changed file", () => {
  test("changes the push alone, by one reload, and loses no request", async () => {
    const before = await get("/assets/shop.js");
    const untouched = await get("/assets/site.css");
    write("public/shop.js", "export 1;;\n");
    const countReloads = await followReloads();
    const { result } = await row({ operation: "changed static file", target: workspace().url }, () =>
      workspace().deploy(),
    );
    expect(result.changes).toMatchObject({ create: 0, update: 0, delete: 0, replace: 1 });
    expect(result.text).toMatch(/app-balancer-push/);
    expect(await countReloads()).toBe(1);
    const after = await get("/assets/shop.js", { "if-none-match": before.headers.etag });
    expect(after).toMatchObject({ status: 200, body: "export 1;;\n" });
    // Its time follows from its content, which is the same.
    expect((await get("/assets/site.css")).headers.etag).toBe(untouched.headers.etag);
  });

  test("is in no state, and what was there before is gone after the next one", async () => {
    expect(readState(workspace())).not.toContain("export 1;;");
    write("public/shop.js", "export 2;;\n");
    await workspace().deploy();
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    const kept = await docker("exec", balancer, "sh", "-c", "ls /etc/flotilla/store | grep -c complete");
    // Three folders, and the one before of the one that changed.
    expect(Number(kept)).toBe(4);
  });

  test("leaves those that pages of before ask for, where names never come again", async () => {
    const old = await get("/build/app.1234.js");
    expect(old.status).toBe(200);
    const [older, newer] = [join(workspace().folder, "public/build/app.1234.js"), "public/build/app.5678.js"];
    rmSync(older);
    write(newer, "run(2);\n");
    const asked: number[] = [];
    const update = new AbortController();
    const asking = (async () => {
      while (!update.signal.aborted) asked.push((await get("/build/app.1234.js")).status);
    })();
    await workspace().deploy();
    update.abort();
    await asking;
    expect([...new Set(asked)]).toEqual([200]);
    const { headers, body, status } = await get("/build/app.1234.js");
    expect({ status, body, etag: headers.etag }).toEqual({
      status: 200,
      body: "run();\n",
      etag: old.headers.etag,
    });
    expect(headers["cache-control"]).toBe(old.headers["cache-control"]);
    expect(await get("/build/app.5678.js")).toMatchObject({ status: 200, body: "run(2);\n" });
    expect((await get("/build/none.js")).status).toBe(404);
    // Where a name may come again with another content, what is gone is gone.
    rmSync(join(workspace().folder, "public/shop.js"));
    write(newer, "run(3);\n");
    await workspace().deploy();
    expect((await get("/assets/shop.js")).status).toBe(404);
    expect(await get("/build/app.1234.js")).toMatchObject({ status: 200, body: "run();\n" });
    expect(await get("/build/app.5678.js")).toMatchObject({ status: 200, body: "run(3);\n" });
    record({
      operation: "a file that a new version has no more, asked for by pages of before",
      ...{
        requests: asked.length,
        failed: asked.filter((each) => each !== 200).length,
        seconds: 0,
        held: true,
      },
    });
    rmSync(join(workspace().folder, newer));
    write("public/build/app.1234.js", "run();\n");
    write("public/shop.js", "export 2;;\n");
    await workspace().deploy();
  });

  test("changes nothing in another checkout, where it is the same", async () => {
    const second = workspace().secondCheckout();
    for (const [path, text] of Object.entries({
      ...{ "public/index.html": "<h1>Shop</h1>\n", "public/shop.js": "export 2;;\n" },
      ...{
        "public/site.css": "body { color: black }\n".repeat(200),
        "public/sub/index.html": "<h1>Sub</h1>\n",
      },
      ...{ "public/empty/data.bin": "0123456789", "public/a name ü.txt": "text\n" },
      ...{ "public/.well-known/security.txt": "Contact: mailto:a@example.com\n" },
      ...{ "public/build/app.1234.js": "run();\n", "public/app/index.html": "<h1>App</h1>\n" },
    })) {
      const file = join(second.folder, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const { changes } = await second.deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });
});

/** Follows which configuration is live, until it is told to stop; gives how often it changed. */
async function followReloads(): Promise<() => Promise<number>> {
  const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
  // Each one is live for longer than that, because Nginx has to answer with it three times.
  const script = "for i in $(seq 1000); do readlink /etc/flotilla/live; sleep 0.05; done";
  const child = spawn("docker", ["exec", balancer, "sh", "-c", script], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const seen = new Set<string>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    for (const line of chunk.split("\n")) if (line !== "") seen.add(line);
  });
  await until("the live configuration is known", () => seen.size > 0);
  return async () => {
    await wait(500);
    child.kill();
    return seen.size - 1;
  };
}
