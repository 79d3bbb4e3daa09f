import { describe, expect, test } from "vitest";
import { describeProblem } from "../../components/arguments/problems";
import { resolveImages, type SettledImage } from "../../stack/told-images";

const pools: Record<string, SettledImage> = {
  api: { name: () => "shop/api:1" },
  web: { name: () => "flotilla/shop-dev-app-web-image:0a1b", builds: "flotilla/shop-dev-app-web-image" },
};

const told = { initial: "shop/api:1", current: "shop/api:2" };

describe("the image of a pool", () => {
  const cases: [string, unknown, string | undefined, unknown][] = [
    ["is the settings' own at first", undefined, undefined, {}],
    ["is the one that was told", { api: told }, undefined, { api: told }],
    [
      "follows the settings when these name another one",
      { api: { ...told, initial: "shop/api:0" } },
      undefined,
      {},
    ],
    ["is the override's", { api: told }, "api=shop/api:3", { api: { ...told, current: "shop/api:3" } }],
    ["is the settings' own again when the override has none", { api: told }, "api=", {}],
    ["is nothing to remember when it is the settings' own", undefined, "api=shop/api:1", {}],
    [
      "may be an earlier build where it is built",
      undefined,
      "web=flotilla/shop-dev-app-web-image:9f",
      {
        web: {
          initial: "flotilla/shop-dev-app-web-image:0a1b",
          current: "flotilla/shop-dev-app-web-image:9f",
        },
      },
    ],
    ["is forgotten with its pool", { gone: told }, undefined, {}],
    ["survives outputs that are no state", "garbage", "", {}],
    ["survives a state without an image", { api: { initial: "shop/api:1" } }, undefined, {}],
  ];

  test.each(cases)("%s", (_, previous, override, expected) => {
    expect(resolveImages(pools, previous, override)).toEqual({ states: expected, problems: [] });
  });

  test("of a built pool is not found out where nobody asks for another one", () => {
    const name = (): string => {
      throw new Error("Its files are read.");
    };
    expect(resolveImages({ web: { name, builds: "b" } }, { api: told }, undefined).states).toEqual({});
  });
});

test.each([
  ["apo=x", 'FLOTILLA_IMAGES must name pools of the configuration, got "apo". Did you mean api?'],
  [
    "api",
    'FLOTILLA_IMAGES must be a list of pool=image, got "api". Write it like api=registry.example.com/api:1.5.',
  ],
  ["api=UP PER", 'FLOTILLA_IMAGES.api must be an image: a tag, a digest or an id, got "UP PER".'],
  [
    "web=shop/web:2",
    'FLOTILLA_IMAGES.web must be an earlier build of the pool, whose image is built from its context, got "shop/web:2". Change what it is built from, or set image in the place of build.',
  ],
])("the override %s is refused", (override, message) => {
  expect(resolveImages(pools, undefined, override).problems.map(describeProblem)).toEqual([message]);
});
