import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { resetDocker } from "../support/fake-docker";
import { readContainers } from "./support/graph";
import { root } from "./support/pages";
import { draw } from "./support/picture";

afterEach(resetDocker);

const file = join(root, "docs/architecture.svg");

test("the picture is what the components make; FLOTILLA_WRITE_DOCS=true takes a change over", async () => {
  const drawn = draw(await readContainers());
  if (process.env.FLOTILLA_WRITE_DOCS === "true") writeFileSync(file, drawn);
  expect(readFileSync(file, "utf8")).toBe(drawn);
});

test("the picture has a port for the balancer alone, and networks as they are", async () => {
  const containers = await readContainers();
  const described = containers.map(
    ({ title, networks, port }) => `${title}: ${networks.join(", ")} ${port ?? ""}`,
  );
  expect(described.sort()).toEqual([
    "Nginx: public 8080",
    "Nginx: worker ",
    ...["api-1", "api-2", "api-3"].map((title) => `${title}: public, worker, cache `),
    "cache: cache ",
    "worker-1: worker ",
    "worker-2: worker ",
  ]);
});
