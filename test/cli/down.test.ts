import { describe, expect, test, vi } from "vitest";
import { describeKept, describeVolumes, readProtected, refuseProtected, takeDown } from "../../cli/down";

const volumes = [
  {
    ...{ name: "flotilla-prod-main", store: "main", engine: "postgres", files: "", service: "main" },
    size: "48.1MB",
  },
  { name: "flotilla-prod-cache", store: "cache", engine: "redis", files: "", service: "cache" },
];
const resources = [
  { urn: "urn:pulumi:prod::flotilla::flotilla:index:Datastore::main", type: "flotilla:index:Datastore" },
  {
    urn: "urn:pulumi:prod::flotilla::flotilla:index:Datastore$docker:index/volume:Volume::main-data",
    type: "docker:index/volume:Volume",
    protect: true,
    inputs: { name: "flotilla-prod-main" },
  },
];
const guarded = readProtected(JSON.stringify({ deployment: { resources } }));

test("the protected resources are read from the state", () => {
  expect(guarded).toEqual([{ name: "main-data", stands: "flotilla-prod-main" }]);
  expect(readProtected(JSON.stringify({ deployment: {} }))).toEqual([]);
});

describe("a down", () => {
  test("says where the data stay, and what removes them", () => {
    expect(describeKept("prod", volumes)).toBe(
      "The data stay where the next up finds them, in flotilla-prod-main, flotilla-prod-cache. To remove them for good: npm run down -- --stack prod --volumes",
    );
    expect(describeKept("dev", volumes)).toMatch(/: npm run down -- --volumes$/);
  });

  test("lists what will be lost", () => {
    expect(describeVolumes(volumes)).toBe(
      "  flotilla-prod-main: 48.1MB, the data of datastore main (postgres)\n  flotilla-prod-cache: the data of datastore cache (redis)",
    );
    const others = [
      { name: "flotilla-prod-app-files", store: "", engine: "", files: "files", service: "app", size: "1MB" },
      {
        name: "flotilla-prod-monitoring-prometheus",
        store: "",
        engine: "",
        files: "",
        service: "monitoring",
      },
    ];
    expect(describeVolumes(others)).toBe(
      "  flotilla-prod-app-files: 1MB, files that replicas share\n  flotilla-prod-monitoring-prometheus: the data of monitoring",
    );
  });

  test("touches nothing where Pulumi does not say what is protected", async () => {
    const pulumi = {
      ...{ stack: "prod", environment: {} },
      act: () => Promise.resolve(true),
      print: () => Promise.resolve({ ok: false, text: "" }),
      setting: () => Promise.resolve(undefined),
    };
    const destroy = vi.fn(() => Promise.resolve(true));
    const asked = { stack: "prod", volumes: true, yes: true, json: false };
    await expect(takeDown(asked, pulumi, destroy)).rejects.toThrow("nothing was touched");
    expect(destroy).not.toHaveBeenCalled();
  });

  test("removes no protected data", () => {
    expect(refuseProtected("prod", volumes, guarded)).toBe(
      "Protected, so nothing was touched: flotilla-prod-main. Set datastores.main.protect to false in Pulumi.prod.yaml, run npm run up -- --stack prod, and then this again.",
    );
    expect(refuseProtected("prod", volumes, [])).toBeUndefined();
  });
});
