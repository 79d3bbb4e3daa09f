import { describe, expect, test } from "vitest";
import { describeFaults, parseService } from "../../../support/service";

const web = { image: "web:1", port: 3000 };
const assets = { path: "/assets/", folder: "/srv/dist/assets" };

test("those of a version that is gone are kept for a day", () => {
  expect(parseService({ pools: { web: { ...web, assets } } }).pools.web?.assets).toEqual({
    ...assets,
    keepSeconds: 86_400,
  });
});

describe("a pool", () => {
  const pathRule = "be the start of paths, with a slash at both ends and more between them";
  const whole = "All of a site would be taken for assets: write it like /assets/.";
  const folderRule = "be the absolute path of a folder in the image";
  const noEnd = "Write it without a slash at the end, like /srv/dist/assets.";
  // prettier-ignore
  const cases: [object, string[]][] = [
    [{ assets }, []],
    [{ assets, strategy: "rolling", canary: undefined }, []],
    [{ assets: { ...assets, path: "/" } }, [`assets.path must ${pathRule}, got "/". ${whole}`]],
    [{ assets: { ...assets, path: "assets" } }, [`assets.path must ${pathRule}, got "assets". ${whole}`]],
    [{ assets: { ...assets, folder: "dist" } }, [`assets.folder must ${folderRule}, got "dist". ${noEnd}`]],
    [{ assets: { ...assets, folder: "/dist/" } }, [`assets.folder must ${folderRule}, got "/dist/". ${noEnd}`]],
    [{ assets: { ...assets, keepSeconds: 0 } }, ["assets.keepSeconds must be a whole number from 1 to 31536000, got 0."]],
    [{ assets: "/assets/" }, ['assets must be an object with path and folder, got "/assets/".']],
  ];

  test.each(cases)("with %j", (fields, problems) => {
    const found = describeFaults({ pools: { web: { ...web, ...fields } } });
    expect(found.sort()).toEqual(problems.map((each) => `pools.web.${each}`).sort());
  });

  test("without a port has none", () => {
    const found = describeFaults({ pools: { web, jobs: { image: "jobs:1", assets } } });
    expect(found).toEqual([
      "pools.jobs.assets must be left out where the pool has no port, got an object. Set port if the replicas take requests, or remove it.",
    ]);
  });
});

describe("clients ask for them", () => {
  const api = { image: "api:1", port: 3000 };
  const refusal =
    'pools.web.assets.path must be below a path whose route leads to the pool, got "/assets/". Write it as clients ask for it, before any rewrite.';

  test.each([
    [[{ pool: "web" }], []],
    [[{ path: "/assets/img", pool: "web" }], []],
    [[{ path: "^/.*", match: "regex", pool: "web" }], []],
    [[{ path: "/shop/", pool: "web" }], [refusal]],
    [[{ path: "/shop", match: "exact", pool: "web" }], [refusal]],
    [[{ path: "/", pool: "web", protocol: "grpc" }], [refusal]],
  ])("by a route: %j", (routes, problems) => {
    const further = [...routes, { path: "/api/", pool: "api" }];
    expect(describeFaults({ pools: { web: { ...web, assets }, api }, routes: further })).toEqual(problems);
  });
});
