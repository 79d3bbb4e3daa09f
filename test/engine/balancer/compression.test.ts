import { gunzipSync } from "node:zlib";
import { expect } from "vitest";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";

const pools = { api: workbench() };
const balancer = useBalancer({ args: { pools } });

function ask(type: string, size: number, accepted = "gzip, deflate, br") {
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
      const { headers, body } = await ask(type, 20_000);
      expect(headers["content-encoding"]).toBe("gzip");
      expect(headers.vary).toBe("Accept-Encoding");
      expect(gunzipSync(body)).toHaveLength(20_000);
      expect(body.length).toBeLessThan(2000);
      sizes.push(String(body.length));
    }
    for (const answer of [
      await ask("image/png", 20_000),
      await ask("text/html", 500),
      await ask("text/html", 20_000, "identity"),
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
  const { headers, body } = await ask("text/html", 20_000);
  expect(headers["content-encoding"]).toBeUndefined();
  expect(headers.vary).toBeUndefined();
  expect(body).toHaveLength(20_000);
  return "20,000 bytes stay 20,000";
});
