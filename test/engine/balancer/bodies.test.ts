import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { until } from "../support/engine";
import { readEcho } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const MiB = 1024 * 1024;
const pools = { api: workbench() };
const balancer = useBalancer({
  args: {
    pools,
    routes: [
      { path: "/", pool: "api" },
      { path: "/large", pool: "api", bodyLimitMiB: 0 },
      { path: "/live", pool: "api", bodyLimitMiB: 0, streamsUploads: true },
    ],
    balancer: { bodyLimitMiB: 1 },
  },
});

function post(path: string, bytes: number) {
  return balancer().ask({ path, method: "POST", body: Buffer.alloc(bytes, "x"), fresh: true });
}

/** Sends half of a body, looks at what the application has by then, and sends the rest. */
async function uploadInHalves(path: string, bytes: number, isSeen: (bytes: number) => boolean) {
  await balancer().reset();
  const request = http.request({
    ...{ host: "127.0.0.1", port: balancer().port, path, method: "POST", agent: false },
    headers: { "Content-Length": bytes },
  });
  const answered = new Promise<number>((resolve, reject) => {
    request.on("error", reject).on("response", (response) => {
      response.resume().on("end", () => {
        resolve(response.statusCode ?? 0);
      });
    });
  });
  request.write(Buffer.alloc(bytes / 2, "x"));
  const readBytes = async () => (await balancer().replica("1").seen()).uploads[path]?.bytes ?? 0;
  if (isSeen(1)) await until("the application has a part", async () => isSeen(await readBytes()), 10);
  else await wait(1500);
  const halfway = await readBytes();
  request.end(Buffer.alloc(bytes / 2, "x"));
  const status = await answered;
  return { halfway, status, whole: await readBytes() };
}

proof("a body above the limit is refused with 413 and reaches no replica", async () => {
  const fits = await post("/small", MiB);
  const tooLarge = await post("/small-not", MiB + 1);
  const anySize = await post("/large", 30 * MiB);
  expect([fits.status, tooLarge.status, anySize.status]).toEqual([200, 413, 200]);
  expect(readEcho(anySize).length).toBe(30 * MiB);
  expect(await balancer().countAtReplicas("POST /small-not")).toBe(0);
  return "1 MiB: 200; 1 MiB and a byte: 413; 30 MiB where any size may come: 200";
});

proof("uploads: the application gets a body only when it is complete", async () => {
  const { halfway, status, whole } = await uploadInHalves("/large", 20 * MiB, () => false);
  expect({ halfway, status, whole }).toEqual({ halfway: 0, status: 200, whole: 20 * MiB });
  return "0 of 20 MiB at the application while half was sent";
});

proof(
  "uploads: with streamsUploads the application has the first bytes before the last are sent",
  async () => {
    const { halfway, status, whole } = await uploadInHalves("/live", 20 * MiB, (bytes) => bytes > 0);
    expect(halfway).toBeGreaterThan(0);
    expect(halfway).toBeLessThanOrEqual(10 * MiB);
    expect({ status, whole }).toEqual({ status: 200, whole: 20 * MiB });
    return `${(halfway / MiB).toFixed(1)} of 20 MiB at the application while half was sent`;
  },
);

function askText(type: string, size: number, accepted = "gzip, deflate, br") {
  return balancer().ask({
    path: `/text?type=${encodeURIComponent(type)}&size=${size}`,
    headers: { "Accept-Encoding": accepted },
  });
}

proof(
  "gzip: texts of 1 KiB and more become smaller; pictures, short texts and others' wishes stay",
  async () => {
    const sizes: string[] = [];
    for (const type of [
      "text/html",
      "text/css",
      "application/json",
      "application/javascript",
      "image/svg+xml",
    ]) {
      const { headers, body } = await askText(type, 20_000);
      expect(headers["content-encoding"]).toBe("gzip");
      expect(headers.vary).toBe("Accept-Encoding");
      expect(gunzipSync(body)).toHaveLength(20_000);
      expect(body.length).toBeLessThan(2000);
      sizes.push(String(body.length));
    }
    for (const answer of [
      await askText("image/png", 20_000),
      await askText("text/html", 500),
      await askText("text/html", 20_000, "identity"),
    ])
      expect(answer.headers["content-encoding"]).toBeUndefined();
    return `20,000 bytes become ${sizes.join(", ")}`;
  },
);

proof("gzip: an answer that the application made smaller itself passes as it is", async () => {
  const { headers, body } = await balancer().ask({
    path: "/text?type=text/html&size=20000&header=Content-Encoding:%20br",
    headers: { "Accept-Encoding": "gzip, br" },
  });
  expect(headers["content-encoding"]).toBe("br");
  expect(body).toHaveLength(20_000);
  return "br of the application, 20,000 bytes";
});

proof("gzip off: nothing becomes smaller", async () => {
  await balancer().reload({ pools, balancer: { compression: { gzip: false } } });
  const { headers, body } = await askText("text/html", 20_000);
  expect(headers["content-encoding"]).toBeUndefined();
  expect(headers.vary).toBeUndefined();
  expect(body).toHaveLength(20_000);
  return "20,000 bytes stay 20,000";
});
