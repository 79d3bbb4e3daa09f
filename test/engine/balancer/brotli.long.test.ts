import { brotliDecompressSync } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { docker } from "../support/engine";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { makeBrotliImage } from "./support/brotli-image";
import { startBalancer } from "./support/balancer";
import { workbench } from "./support/harness";
import { proof } from "./support/proof";

describe("Brotli", () => {
  const image = `flr-brotli-${process.pid}`;
  const brotli = { compression: { brotli: true } };
  const workspace = useWorkspace({
    name: "brotli",
    pools: { api: demoPool() },
    balancer: { ...brotli, address: "127.0.0.1" },
  });
  afterAll(() => docker("image", "rm", "--force", image));

  proof(
    "an image with the module answers with it where clients take it, and with gzip elsewhere",
    async () => {
      await makeBrotliImage(image, "nginx:1.30.4");
      const balancer = await startBalancer({
        args: { pools: { api: workbench() }, balancer: brotli },
        image,
      });
      try {
        const ask = (accepted: string, query = "type=text/css&size=20000") =>
          balancer.ask({ path: `/?${query}`, headers: { "Accept-Encoding": accepted } });
        const answer = await ask("gzip, deflate, br");
        expect(answer.headers["content-encoding"]).toBe("br");
        expect(answer.headers.vary).toContain("Accept-Encoding");
        expect(brotliDecompressSync(answer.body)).toHaveLength(20_000);
        expect((await ask("gzip")).headers["content-encoding"]).toBe("gzip");
        expect((await ask("br", "type=image/png&size=20000")).headers["content-encoding"]).toBeUndefined();
        expect((await ask("br", "type=text/css&size=500")).headers["content-encoding"]).toBeUndefined();
        return `20,000 bytes become ${answer.body.length}`;
      } finally {
        await balancer.stop();
      }
    },
    240,
  );

  test("an image without the module is refused with a sentence, before anything is made", async () => {
    const { ok, text } = await workspace().up();
    expect(ok).toBe(false);
    expect(text).toContain(
      "The balancer's image has no module ngx_http_brotli_filter_module; nothing was changed.",
    );
    expect(text).toContain("Set balancer.image to one that has it, or remove balancer.compression.brotli.");
  });
});
