import { describe, expect, test } from "vitest";
import type { LoadBalancedServiceArgs, MountArgs } from "../../../../../components";
import { chooseOwner, resolveOwner } from "../../../../../deploy/volume";
import { findSharingWarnings } from "../../../../../components/service/options/mounts/sharing-warnings";
import { minimalPool, ofType, parseService, recordService, taskOf } from "../../../../support/service";

const files: MountArgs = { path: "/data", shared: "files" };
const shop: LoadBalancedServiceArgs = {
  pools: {
    shop: { ...minimalPool, replicas: 2, user: "1000:1000", mounts: [files] },
    thumbnails: { ...minimalPool, mounts: [{ ...files, path: "/in", readOnly: true }] },
    plain: minimalPool,
  },
  routes: [{ pool: "shop" }, { path: "/t/", pool: "thumbnails" }, { path: "/p/", pool: "plain" }],
};

describe("a shared volume", () => {
  test("is one for all who name it, has a fixed name, and stays when the stack goes", async () => {
    const recording = await recordService(shop);
    const volumes = ofType(recording, "Volume").filter(({ name }) => !name.endsWith("-configuration"));
    expect(volumes.map(({ name, inputs }) => [name, inputs.name])).toEqual([
      ["app-files-volume", "flotilla-test-app-files"],
    ]);
    expect(recording.find("app").outputs.volumes).toEqual({ files: "app-files-volume-abc1234" });
  });

  test("is mounted by replicas once it belongs to those who write to it", async () => {
    const recording = await recordService(shop);
    const mount = { volumeName: "app-files-volume-abc1234" };
    for (const name of ["app-shop-1", "app-shop-2"]) {
      expect(recording.find(name).inputs.volumes).toEqual([
        { ...mount, containerPath: "/data", readOnly: false },
      ]);
      expect(recording.find(name).dependsOn).toContain("app-files-volume-owner");
    }
    expect(recording.find("app-thumbnails-1").inputs.volumes).toEqual([
      { ...mount, containerPath: "/in", readOnly: true },
    ]);
    expect(recording.find("app-plain-1").inputs).not.toHaveProperty("volumes");
    expect(recording.find("app-plain-1").dependsOn).not.toContain("app-files-volume-owner");
  });

  test("is given to the users of the pools that write, and to no reader", async () => {
    const { title, writers } = taskOf((await recordService(shop)).find("app-files-volume-owner"));
    expect(title).toBe("files");
    expect(writers).toEqual([
      { pool: "shop", path: "/data", user: "1000:1000", image: "app-shop-image-stdout" },
    ]);
  });

  test("that nobody writes to is given to nobody", async () => {
    const reader = { ...minimalPool, mounts: [{ ...files, readOnly: true }] };
    const recording = await recordService({ pools: { reader } });
    expect(recording.resources.map(({ name }) => name)).not.toContain("app-files-volume-owner");
    expect(recording.find("app-reader-1").dependsOn).toContain("app-files-volume");
  });
});

describe("writers at the same time", () => {
  const warn = (pools: LoadBalancedServiceArgs["pools"]) => {
    const routes = Object.keys(pools).map((pool) => ({ pool, path: `/${pool}` }));
    return findSharingWarnings(parseService({ pools, routes }).pools);
  };

  test("are named once for each volume or folder", () => {
    const other = { ...minimalPool, mounts: [files, { path: "/log", hostPath: "/srv/log" }] };
    const warnings = warn({ shop: { ...other, replicas: 2 }, jobs: { ...minimalPool, mounts: [files] } });
    expect(warnings).toHaveLength(2);
    expect(warnings[0]).toContain(
      "Several replicas write to the shared volume files at the same time: shop (2), jobs (1).",
    );
    expect(warnings[1]).toContain("write to the folder /srv/log at the same time: shop (2).");
  });

  test("are not there where one alone writes, or each has another volume", () => {
    const writer = { ...minimalPool, mounts: [files] };
    expect(warn({ writer })).toEqual([]);
    const reader = { ...minimalPool, replicas: 3, mounts: [{ ...files, readOnly: true }] };
    expect(warn({ writer, reader })).toEqual([]);
    const own = (volume: string) => ({ ...minimalPool, mounts: [{ path: "/data", volume }] });
    expect(warn({ a: own("a"), b: own("b") })).toEqual([]);
  });
});

const passwd = "root:x:0:0:root:/root:/bin/sh\nnode:x:1000:1001::/home/node:/bin/sh\n";
const group = "root:x:0:\nstaff:x:50:\n";

test.each([
  ["", 0, 0],
  ["root", 0, 0],
  ["node", 1000, 1001],
  ["1000", 1000, 1001],
  ["1000:7", 1000, 7],
  ["node:staff", 1000, 50],
  ["4711", 4711, 0],
])("the user %j has the numbers that the engine gives it", (asked, user, number) => {
  expect(resolveOwner(asked, passwd, group)).toEqual({ user, group: number });
});

test.each(["nobody", "node:wheel"])("the user %j, which the image lacks, is refused", (asked) => {
  expect(() => resolveOwner(asked, passwd, group)).toThrow(
    `The image has no user ${asked}. Set the pool's user to numbers, like 1000:1000.`,
  );
});

test("writers of one volume have to be one user, or root", () => {
  const [api, jobs] = [
    { pool: "api", user: 1000, group: 1000 },
    { pool: "jobs", user: 33, group: 33 },
  ];
  const root = { pool: "root", user: 0, group: 0 };
  expect(chooseOwner("files", [root, api])).toEqual(api);
  expect(chooseOwner("files", [root])).toBeUndefined();
  expect(() => chooseOwner("files", [api, jobs])).toThrow(
    "Pools write to the shared volume files as different users: api as 1000:1000, jobs as 33:33.",
  );
});
