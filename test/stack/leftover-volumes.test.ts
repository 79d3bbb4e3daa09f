import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { DatastoreEngine } from "../../components";
import { warnOfLeftovers } from "../../stack/leftover-volumes";
import { fakeDocker, resetDocker } from "../support/fake-docker";
import { useStack } from "../support/stack-settings";
import { readStore } from "../support/stores";

const listed = [
  "flotilla-test-cache cache redis  cache",
  "flotilla-test-main main postgres  main",
  "flotilla-test-main-server-2 main postgres  main",
  "flotilla-test-app-files   files app",
  "flotilla-test-monitoring-prometheus    monitoring",
];
let listedNow: string[];
let warnings: string[];

/** Warns as for a state that has had deployments. */
function warn(datastores: Parameters<typeof warnOfLeftovers>[0]["datastores"]): Promise<void> {
  return warnOfLeftovers({ datastores, generated: ["JWT_SECRET"], isNewState: false }, undefined);
}

beforeEach(async () => {
  await useStack("test");
  warnings = [];
  listedNow = listed;
  vi.spyOn(pulumi.log, "warn").mockImplementation((text) => {
    warnings.push(text);
    return Promise.resolve();
  });
  fakeDocker.answer = () => ({ code: 0, stdout: `${listedNow.join("\n")}\n`, stderr: "" });
});

afterEach(() => {
  resetDocker();
  vi.restoreAllMocks();
});

test("a volume without its datastore is named, with what brings it back and what removes it", async () => {
  await warn({ main: readStore({ engine: DatastoreEngine.Postgres, postgres: { servers: 2 } }) });
  expect(warnings).toEqual([
    'The volume flotilla-test-cache keeps the data of the datastore "cache" (redis), which the configuration does not have. To get them back, add datastores.cache with engine redis, or give another datastore of that engine volume: flotilla-test-cache. To remove them for good: docker volume rm flotilla-test-cache',
  ]);
  expect(fakeDocker.runs[0]?.args).toContain("--filter=label=flotilla.stack=flotilla/test");
});

test("so is the volume of a server that its datastore has no longer", async () => {
  const stores = {
    main: readStore({ engine: DatastoreEngine.Postgres }),
    kv: readStore({ engine: DatastoreEngine.Redis, volume: "flotilla-test-cache" }),
  };
  await warn(stores);
  expect(warnings).toEqual([
    'The volume flotilla-test-main-server-2 keeps data of the datastore "main" that it does not use as it is configured now. To remove them for good: docker volume rm flotilla-test-main-server-2',
  ]);
});

test.each([
  [true, ["JWT_SECRET", "CSRF_KEY"], 1],
  [true, [], 0],
  [false, ["JWT_SECRET", "CSRF_KEY"], 0],
])(
  "data of an earlier state (new: %s) and generated secrets %j: %i warnings",
  async (isNewState, generated, count) => {
    listedNow = ["flotilla-test-main main postgres  main"];
    const datastores = { main: readStore({ engine: DatastoreEngine.Postgres }) };
    await warnOfLeftovers({ datastores, generated, isNewState }, undefined);
    expect(warnings).toHaveLength(count);
    if (count > 0)
      expect(warnings[0]).toMatch(
        /^There are data of an earlier deployment in flotilla-test-main, but this state is new, .*: JWT_SECRET, CSRF_KEY\. .*pulumi config set --secret JWT_SECRET\./,
      );
  },
);

test("an engine that cannot be asked is not the warning's business", async () => {
  fakeDocker.answer = () => ({ code: 1, stdout: "", stderr: "no engine" });
  await warnOfLeftovers({ datastores: {}, generated: ["JWT_SECRET"], isNewState: true }, undefined);
  expect(warnings).toEqual([]);
});
