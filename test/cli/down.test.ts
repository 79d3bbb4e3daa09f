import { beforeEach, describe, expect, test, vi } from "vitest";
import { readDeployment } from "../../cli/deployment";
import { type DownRequest, takeDown } from "../../cli/down";
import { describeKept, describeLoss, describeRemovable, refuseProtected } from "../../cli/down-texts";
import { emptyBoard } from "../../cli/progress/board";
import { fakeDocker, resetDocker } from "../support/fake-docker";

const volumes = [
  {
    ...{ name: "flotilla-prod-main", store: "main", engine: "postgres", files: "", service: "main" },
    size: "48.1MB",
  },
  { name: "flotilla-prod-cache", store: "cache", engine: "redis", files: "", service: "cache" },
];
const start = "urn:pulumi:prod::flotilla::";
const root = `${start}pulumi:pulumi:Stack::flotilla-prod`;
const store = `${start}flotilla:index:Datastore`;
const volume = `${store}$docker:index/volume:Volume::main-data`;
const container = `${start}flotilla:index:LoadBalancedService$docker:index/container:Container::app-1`;

function secret(urn: string) {
  return { urn, type: "command:local:Command", additionalSecretOutputs: ["stdout"] };
}

const secrets = {
  jwt: `${start}command:local:Command::secret-JWT_SECRET`,
  own: `${start}flotilla:index:Secret$command:local:Command::session-secret`,
  passwords: `${store}$command:local:Command::main-passwords`,
  key: `${store}$command:local:Command::main-backup-key`,
};
const named = { jwt: "JWT_SECRET", own: "session", passwords: "passwords of main" };
const names = [...Object.values(named), "the key of main's backups"];

function exportState(protect: boolean): string {
  const resources = [
    {
      urn: root,
      type: "pulumi:pulumi:Stack",
      outputs: {
        replicas: { api: { initial: 1, current: 3 }, web: { initial: 2, current: 2 }, own: null },
        images: { api: { initial: "api:1", current: "api:2" } },
      },
    },
    { urn: `${store}::main`, type: "flotilla:index:Datastore" },
    {
      ...{ urn: volume, type: "docker:index/volume:Volume" },
      ...{ protect, retainOnDelete: true, inputs: { name: "flotilla-prod-main" } },
    },
    { urn: container, type: "docker:index/container:Container" },
    { urn: `${container}-ready`, type: "command:local:Command" },
    ...Object.values(secrets).map(secret),
  ];
  return JSON.stringify({ deployment: { resources } });
}

const { guarded } = readDeployment(exportState(true));
const kept = {
  volumes,
  secrets: readDeployment(exportState(true)).secrets,
  replicas: { api: 3 },
  images: { api: "api:2" },
};

test("the state says what is protected, what was generated and chosen, and what can go", () => {
  const { secrets: found, ...rest } = readDeployment(exportState(true));
  expect(rest).toEqual({
    guarded: [{ urn: volume, name: "main-data", stands: "flotilla-prod-main" }],
    ...{ replicas: { api: 3 }, images: { api: "api:2" }, root },
    removable: { container: 1, network: 0, "volume without data": 0 },
  });
  expect(found.map(({ name }) => name)).toEqual(names);
  expect(found.filter(({ isOfBackups }) => isOfBackups).map(({ urn }) => urn)).toEqual([secrets.key]);
  expect(readDeployment(JSON.stringify({ deployment: {} }))).toMatchObject({ guarded: [], secrets: [] });
});

describe("what a down says", () => {
  test.each([
    [kept, "the data in flotilla-prod-main, flotilla-prod-cache; what was generated (JWT_SECRET, session"],
    [
      { volumes: [], secrets: [], replicas: { api: 3 }, images: {} },
      "replica counts (api=3). To remove it for good: ",
    ],
    [{ volumes: [], secrets: [], replicas: {}, images: {} }, "Images and backups stay."],
  ])("of what stays, %#", (what, expected) => {
    expect(describeKept("prod", what)).toContain(expected);
  });

  test("of the command that removes it", () => {
    expect(describeKept("prod", kept)).toContain(": npm run down -- --stack prod --volumes\n");
    expect(describeKept("dev", kept)).toContain(": npm run down -- --volumes\n");
  });

  test("of what goes", () => {
    expect(describeRemovable(readDeployment(exportState(false)))).toBe("This removes 1 container.");
    expect(describeRemovable(readDeployment("{}"))).toBe("This removes nothing that runs.");
  });

  test("of what will be lost", () => {
    expect(describeLoss(volumes, kept.secrets)).toBe(
      `  flotilla-prod-main: 48.1MB, the data of datastore main (postgres)\n  flotilla-prod-cache: the data of datastore cache (redis)\n  what was generated: ${Object.values(named).join(", ")}; what was encrypted with it stays unreadable, in backups too`,
    );
    const other = { store: "", engine: "" };
    const others = [
      { name: "flotilla-prod-app-files", ...other, files: "files", service: "app", size: "1MB" },
      { name: "flotilla-prod-monitoring-prometheus", ...other, files: "", service: "monitoring" },
    ];
    expect(describeLoss(others, [])).toBe(
      "  flotilla-prod-app-files: 1MB, files that replicas share\n  flotilla-prod-monitoring-prometheus: the data of monitoring",
    );
  });

  test("of data that are protected", () => {
    expect(refuseProtected("prod", volumes, guarded)).toBe(
      "Protected, so nothing was touched: flotilla-prod-main. Set datastores.main.protect to false in Pulumi.prod.yaml, run npm run up -- --stack prod, and then this again.",
    );
    expect(refuseProtected("prod", volumes, [])).toBeUndefined();
  });
});

describe("a down", () => {
  /** Every run of Pulumi that removes, as the names that it leaves. */
  let destroyed: string[][];
  let state: { ok: boolean; text: string };
  let inUse: boolean;

  beforeEach(() => {
    destroyed = [];
    inUse = false;
    fakeDocker.answer = ([, command]) => {
      const listed = "flotilla-prod-main main postgres  main\n";
      if (command === "rm") return { code: inUse ? 1 : 0, stdout: "", stderr: "volume is in use" };
      return { code: 0, stdout: command === "ls" ? listed : "", stderr: "" };
    };
    return resetDocker;
  });

  function destroy(options: string[]) {
    const left = options.filter((option) => option.startsWith("--exclude="));
    destroyed.push(left.map((option) => option.slice("--exclude=".length)));
    return Promise.resolve({ ok: true, board: emptyBoard, milliseconds: 0 });
  }

  function down(asked: Partial<DownRequest> = {}) {
    vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const pulumi = {
      ...{ stack: "prod", environment: {} },
      print: () => Promise.resolve(state),
      setting: () => Promise.resolve(undefined),
    };
    const request = { stack: "prod", volumes: false, yes: true, json: false, ...asked };
    return takeDown(request, pulumi, destroy).finally(() => vi.restoreAllMocks());
  }

  test("leaves in the state what was generated and chosen, and what is protected", async () => {
    state = { ok: true, text: exportState(true) };
    expect(await down()).toEqual({
      ...{ ok: true, left: ["main-data"], replicas: { api: 3 }, images: { api: "api:2" } },
      volumes: { kept: ["flotilla-prod-main"], removed: [] },
      secrets: { kept: names, removed: [] },
    });
    expect(destroyed).toEqual([[volume, ...Object.values(secrets), root]]);
  });

  test("leaves nothing in the state where nothing was generated or chosen", async () => {
    state = {
      ok: true,
      text: JSON.stringify({ deployment: { resources: [{ urn: root, type: "pulumi:pulumi:Stack" }] } }),
    };
    expect(await down()).toMatchObject({ secrets: { kept: [] }, replicas: {}, images: {} });
    expect(destroyed).toEqual([[]]);
  });

  test("with --volumes removes what was generated after the data, but not what reads backups", async () => {
    state = { ok: true, text: exportState(false) };
    expect(await down({ volumes: true })).toEqual({
      ...{ ok: true, left: [], replicas: { api: 3 }, images: { api: "api:2" } },
      volumes: { kept: [], removed: ["flotilla-prod-main"] },
      secrets: { kept: ["the key of main's backups"], removed: Object.values(named) },
    });
    expect(destroyed).toEqual([[...Object.values(secrets), root], [secrets.key]]);
  });

  test("keeps what was generated when the data could not be removed", async () => {
    state = { ok: true, text: exportState(false) };
    inUse = true;
    await expect(down({ volumes: true })).rejects.toMatchObject({
      message: "The volume flotilla-prod-main was not removed: volume is in use",
      details: { secrets: { kept: names, removed: [] } },
    });
    expect(destroyed).toHaveLength(1);
  });

  test.each([
    [
      "Pulumi does not say what is protected",
      { ok: false, text: "" },
      { volumes: true },
      "nothing was touched",
    ],
    ["data are protected", { ok: true, text: exportState(true) }, { volumes: true }, "Protected, so nothing"],
    [
      "nobody can be asked",
      { ok: true, text: exportState(false) },
      { volumes: true, yes: false, json: true },
      /add --yes[^]*generated: JWT_SECRET/,
    ],
  ])("touches nothing where %s", async (_when, given, asked, message) => {
    state = given;
    await expect(down(asked)).rejects.toThrow(message);
    expect(destroyed).toEqual([]);
  });
});
