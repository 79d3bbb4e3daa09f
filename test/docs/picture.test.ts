import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { resetDocker } from "../support/fake-docker";
import { readContainers } from "./support/graph";
import { root } from "./support/pages";

afterEach(resetDocker);

const picture = readFileSync(join(root, "docs/architecture.svg"), "utf8");
const [networks, boxes] = ["net", "box|lb|store"].map((kinds) => {
  const place = ["x", "y", "width", "height"].map((name) => `${name}="(\\d+)"`).join(" ");
  const rectangle = new RegExp(`<rect class="(${kinds})" ${place} [^>]*><text[^>]*>([^<]+)<`, "g");
  return [...picture.matchAll(rectangle)].map(([, kind = "", x, y, width, height, title = ""]) => {
    const [left, top] = [Number(x), Number(y)];
    return { kind, title, left, top, right: left + Number(width), middle: top + Number(height) / 2 };
  });
}) as [Box[], Box[]];
const arrows = [...picture.matchAll(/d="M(\d+) (\d+)C.* (\d+) (\d+)"/g)].map((found) =>
  found.slice(1).map(Number),
);

interface Box {
  kind: string;
  title: string;
  left: number;
  top: number;
  right: number;
  middle: number;
}

/** The network in which something is drawn. */
function networkOf(box: Box): string {
  const around = networks.find(
    ({ left, top, right, middle }) =>
      left < box.left && box.right < right && Math.abs(middle - box.middle) < middle - top,
  );
  return around?.title.replace(/network "(.*)"/, "$1") ?? "none";
}

/** The networks on which something has to be: its own, and those of what its arrows lead to. */
function reach(box: Box): string[] {
  const ends = arrows.filter(([x, y]) => x === box.right && y === box.middle);
  const led = boxes.filter(({ left, middle }) =>
    ends.some(([, , x = 0, y]) => x + 2 === left && y === middle),
  );
  expect(led).toHaveLength(ends.length);
  return [...new Set([box, ...led].map(networkOf))];
}

const kinds: Record<string, string> = { balancer: "lb", store: "store" };

test("the picture has the containers that the components make, and leads to what they reach", async () => {
  const containers = await readContainers();
  const drawn = boxes.filter(({ title }) => title !== "clients");
  expect(drawn.map((box) => [box.kind, box.title, reach(box).sort()].join(" ")).sort()).toEqual(
    containers
      .map(({ role, title, networks }) => [kinds[role] ?? "box", title, networks.toSorted()].join(" "))
      .sort(),
  );
  expect(arrows).toHaveLength(12);
  expect(picture.match(/published port \d+/g)).toEqual(
    containers.flatMap(({ port }) => (port === undefined ? [] : `published port ${port}`)),
  );
  expect(picture.match(/data in a volume/g)).toHaveLength(containers.filter(({ hasData }) => hasData).length);
  const names = containers
    .filter(({ role, port }) => role === "balancer" && port === undefined)
    .flatMap(({ aliases }) => aliases);
  expect(picture.match(/http:\/\/(\w+),/g)).toEqual(names.map((name) => `http://${name},`));
});
