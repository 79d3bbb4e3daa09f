import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../support/engine";
import { useWorkspace } from "../support/use-workspace";
import { buildTiny, publishTiny, tinyPool, useTestImages } from "./tiny-image";
import { useRegistry } from "./use-registry";
import { expectAnswer, upToAnswer, upWithoutChange, watched } from "./watched";

useTestImages();
const registry = useRegistry();
const workspace = useWorkspace({ name: "mirror", pools: {} });
const image = `tiny-${process.pid}:1`;
const localImage = `flotilla-test/unpublished-${process.pid}:1`;
const balancerImage = () => `${registry().address}/hub/library/nginx:1.30.4`;

beforeAll(async () => {
  await publishTiny(`${registry().address}/hub/library/${image}`, "from the mirror");
  await buildTiny(localImage, "from the engine");
  // A mirror has the balancer's image as well, but a test need not push hundreds of MiB.
  await docker("tag", "nginx:1.30.4", balancerImage());
  workspace().configure((settings) => {
    settings.registry = { mirror: `${registry().address}/hub` };
  });
});
afterAll(() => docker("image", "rm", balancerImage()));

test("an image of Docker Hub comes from the mirror", async () => {
  setImage(image);
  const check = () => expectAnswer(workspace(), "from the mirror");
  await watched({ operation: "pull from the mirror", workspace: workspace(), answersBefore: false, check });
  const pulled = registry().asked.filter(
    ({ method, path }) => method === "GET" && path.includes("/manifests/"),
  );
  expect(new Set(pulled.map(({ path }) => path.replace(/[^/]*$/, "")))).toEqual(
    new Set([`/v2/hub/library/${image.replace(":1", "")}/manifests/`]),
  );
});

test("an unmoved tag of the mirror is no new version", async () => {
  await upWithoutChange(workspace(), "second `up` with the mirror (0 changes)");
});

test("an image that was built on the engine needs no mirror", async () => {
  setImage(localImage);
  await upToAnswer(workspace(), "image built on the engine, with a mirror", "from the engine");
});

function setImage(reference: string): void {
  workspace().configure((settings) => {
    settings.pools = { api: tinyPool(reference) };
  });
}
