import { execFileSync } from "node:child_process";
import { afterEach, describe, expect, test } from "vitest";
import { backupProgram } from "../../../../backup/bundle";
import { type BackupArgs, Datastore, type DatastoreArgs, DatastoreEngine } from "../../../../components";
import { requireBackup } from "../../../../components/datastore/backups/before-deployment";
import { renderDumpScript } from "../../../../components/datastore/backups/dump-loop";
import { connect, asksForUsers, fakeDocker, resetDocker } from "../../../support/fake-docker";
import { record, type Recording } from "../../../support/recorder";
import { isSecret, reveal } from "../../../support/service";
import { filesOf, listFaults, recipeOf } from "../../../support/stores";

const printed = {
  "cache-passwords": JSON.stringify({ version: 1, current: "hunter2", administrator: "swordfish" }),
  "cache-backup-key": "generated-key",
};

afterEach(resetDocker);

/** How the engine answers; containers of backups are there when they are given. */
function answerWith(keeper: string, answer = { code: 0, stdout: "{}", stderr: "" }) {
  return (args: string[]): { code: number; stdout: string; stderr: string } => {
    if (args[0] === "volume") return { code: 1, stdout: "", stderr: "no such volume" };
    if (asksForUsers(args)) return { code: 0, stdout: "", stderr: "" };
    if (args[0] === "ps") return { code: 0, stdout: keeper, stderr: "" };
    if (args[0] === "exec") return answer;
    return { code: 0, stdout: `sha256:${"1".repeat(64)} []\n`, stderr: "" };
  };
}

function recordStore(
  backup: BackupArgs,
  rest: Partial<DatastoreArgs> = {},
  preview = false,
): Promise<Recording> {
  return record(() => new Datastore("cache", { engine: DatastoreEngine.Redis, ...rest, backup }), {
    preview,
    printed,
  });
}

function settingsOf(recording: Recording): unknown {
  return JSON.parse(filesOf(recording, "cache-backup")["/etc/flotilla/backup.json"] ?? "");
}

describe("backups", () => {
  test("are made by two containers beside the servers, which share a volume of their own", async () => {
    fakeDocker.answer = answerWith("");
    const recording = await recordStore({});
    const { resources, find } = recording;
    expect(resources.map(({ name, type }) => `${type.split(":").at(-1) ?? ""} ${name}`).sort()).toEqual([
      "Command cache-backup-image",
      "Command cache-backup-key",
      "Command cache-backup-ready",
      "Command cache-image",
      "Command cache-networks",
      "Command cache-passwords",
      "Command cache-ready",
      "Container cache-backup",
      "Container cache-dump",
      "Container cache-server",
      "Datastore cache",
      "Network cache-metrics-network",
      "Network cache-network",
      "Volume cache-backups",
      "Volume cache-data",
      "Volume cache-staging",
    ]);
    const shared = { containerPath: "/staging", volumeName: "cache-staging-abc1234" };
    expect(find("cache-dump").inputs.volumes).toEqual([shared]);
    expect(find("cache-backup").inputs.volumes).toEqual([
      shared,
      { containerPath: "/backups", volumeName: "cache-backups-abc1234" },
    ]);
    expect(find("cache-backups").inputs.name).toBe("flotilla-test-cache-backups");
  });

  test("publish nothing, and start when the datastore has its users", async () => {
    fakeDocker.answer = answerWith("");
    const { find } = await recordStore({}, { limits: { memoryMiB: 100 } });
    const networks = {
      "cache-dump": ["cache-network-abc1234"],
      "cache-backup": ["cache-network-abc1234", "cache-metrics-network-abc1234"],
    };
    for (const [name, joined] of Object.entries(networks)) {
      const { inputs } = find(name);
      expect(inputs).not.toHaveProperty("ports");
      expect(inputs).toMatchObject({
        networksAdvanced: joined.map((network) => ({ name: network, aliases: [name] })),
        restart: "unless-stopped",
        securityOpts: ["no-new-privileges"],
        cpus: "0.5",
      });
      expect(inputs.capabilities).toMatchObject({ drops: ["ALL"] });
    }
    expect(find("cache-dump").dependsOn).toContain("cache-ready");
    expect(find("cache-dump").inputs.memory).toBe(164);
    expect(find("cache-backup").dependsOn).toContain("cache-dump");
  });

  test("say how they went, to whoever is on the network for figures", async () => {
    fakeDocker.answer = answerWith("");
    const { outputs } = (await recordStore({})).find("cache");
    expect(outputs.targets).toEqual([
      {
        job: "backup",
        address: "cache-backup:8104",
        path: "/metrics",
        network: "cache-metrics-network-abc1234",
        labels: { store: "cache", engine: "redis" },
      },
    ]);
  });

  test("give no secret away but encrypted", async () => {
    fakeDocker.answer = answerWith("");
    const s3 = {
      endpoint: "http://storage:9000",
      bucket: "shop",
      accessKey: "hunter2-id",
      secretKey: "hunter2-key",
    };
    const recording = await recordStore({ encryptionKey: "hunter2-".repeat(5), to: { s3 } });
    for (const name of ["cache-dump", "cache-backup"]) {
      const { inputs } = recording.find(name);
      expect(isSecret(inputs.uploads)).toBe(true);
      expect(JSON.stringify({ ...inputs, uploads: "" })).not.toMatch(/hunter2|swordfish/);
    }
    expect(filesOf(recording, "cache-backup")).toMatchObject({
      "/etc/flotilla/encryption-key": "hunter2-".repeat(5),
      "/etc/flotilla/access-key": "hunter2-id",
      "/etc/flotilla/secret-key": "hunter2-key",
      "/opt/flotilla/backup.js": backupProgram,
    });
    expect(JSON.stringify(settingsOf(recording))).not.toContain("hunter2");
  });

  test("are as they are unless something else is said", async () => {
    fakeDocker.answer = answerWith("");
    expect(settingsOf(await recordStore({}))).toEqual({
      ...{ store: "cache", engine: "redis", schedule: "0 3 * * *", verify: true, encrypt: false },
      ...{ place: { folder: "/backups/flotilla-test-cache" }, keep: { count: 7, days: 30 } },
    });
  });

  test("go where they are told", async () => {
    fakeDocker.answer = answerWith("");
    const folder = await recordStore({ to: { folder: "/srv/backups" }, keep: { count: 3 } });
    expect(folder.find("cache-backup").inputs.volumes).toContainEqual({
      containerPath: "/backups",
      hostPath: "/srv/backups",
    });
    expect(folder.resources.map(({ name }) => name)).not.toContain("cache-backups");
    expect(settingsOf(folder)).toMatchObject({ keep: { count: 3 } });
    const s3 = { endpoint: "http://storage:9000", bucket: "shop", accessKey: "id", secretKey: "key" };
    expect(settingsOf(await recordStore({ to: { s3: { ...s3, prefix: "a/b" } } }))).toMatchObject({
      place: {
        s3: {
          endpoint: "http://storage:9000",
          region: "us-east-1",
          bucket: "shop",
          prefix: "a/b/flotilla-test-cache/",
        },
      },
    });
  });

  test.each([
    ["http://s3.example.com", { encrypt: false }, true],
    ["http://203.0.113.7:9000", { encrypt: false }, true],
    ["http://s3.example.com", {}, false],
    ["http://s3.example.com", { encrypt: true }, false],
    ["https://s3.example.com", { encrypt: false }, false],
    ["http://192.168.1.4:9000", { encrypt: false }, false],
    ["http://minio:9000", { encrypt: false }, false],
  ])("cross no network where others can read them: %s, %j", (endpoint, further, refused) => {
    const s3 = { endpoint, bucket: "shop", accessKey: "id", secretKey: "key" };
    const faults = listFaults("cache", { engine: "redis", backup: { to: { s3 }, ...further } });
    expect(faults).toEqual(
      refused ? [expect.stringContaining("backup.to.s3.endpoint must start with https://")] : [],
    );
  });

  test("are encrypted by themselves where they leave the host, and there alone", async () => {
    fakeDocker.answer = answerWith("");
    const s3 = { endpoint: "https://s3.example.com", bucket: "shop", accessKey: "id", secretKey: "key" };
    const of = async (backup: BackupArgs) => settingsOf(await recordStore(backup));
    expect(await of({ to: { s3 } })).toMatchObject({ encrypt: true });
    expect(await of({ to: { s3 }, encrypt: false })).toMatchObject({ encrypt: false });
    expect(await of({ to: { folder: "/srv/backups" } })).toMatchObject({ encrypt: false });
    expect(await of({ encryptionKey: "hunter2-".repeat(5) })).toMatchObject({ encrypt: true });
  });

  test("have the generated key beside one of one's own, and a token of the storage", async () => {
    fakeDocker.answer = answerWith("");
    const s3 = { endpoint: "http://minio:9000", bucket: "shop", accessKey: "id", secretKey: "key" };
    const recording = await recordStore({
      encryptionKey: "hunter2-".repeat(5),
      to: { s3: { ...s3, sessionToken: "of-today" } },
    });
    expect(filesOf(recording, "cache-backup")).toMatchObject({
      "/etc/flotilla/encryption-key": "hunter2-".repeat(5),
      "/etc/flotilla/former-key": "generated-key",
      "/etc/flotilla/session-token": "of-today",
    });
    expect(filesOf(await recordStore({}), "cache-backup")).not.toHaveProperty("/etc/flotilla/former-key");
  });

  test("have a generated key that is told as a secret", async () => {
    fakeDocker.answer = answerWith("");
    const recording = await recordStore({ encrypt: true });
    expect(filesOf(recording, "cache-backup")["/etc/flotilla/encryption-key"]).toBe("generated-key");
    const { outputs } = recording.resources.find(({ type }) => type.endsWith(":Datastore")) ?? {};
    expect(isSecret(outputs?.backupKey)).toBe(true);
    expect(reveal(outputs?.backupKey)).toBe("generated-key");
  });

  test("need a user who may read, and nothing else", async () => {
    fakeDocker.answer = answerWith("");
    expect(filesOf(await recordStore({}), "cache-server")["/etc/flotilla/users.acl"]).toMatch(
      /^user backup on #[0-9a-f]{64} -@all \+ping \+replconf \+sync \+psync$/m,
    );
    const { configure } = recipeOf("db", { engine: DatastoreEngine.Postgres, backup: {} });
    const secrets = { version: 1, current: "hunter2", administrator: "swordfish" };
    expect(configure(secrets)).toContain("ALTER ROLE backup BYPASSRLS;\nGRANT pg_read_all_data TO backup;");
    expect(recipeOf("db", { engine: DatastoreEngine.Postgres }).configure(secrets)).not.toContain(
      "CREATE ROLE backup",
    );
  });
});

describe("before a deployment", () => {
  const ask = (): string[] | undefined =>
    fakeDocker.runs.find(({ args }) => args.includes("/opt/flotilla/backup.js"))?.args;

  test("a backup is made by the container that is there", async () => {
    fakeDocker.answer = answerWith("cache-backup-1\n");
    const { find } = await recordStore({ beforeDeployment: true });
    expect(ask()).toEqual([
      "exec",
      "cache-backup-1",
      "node",
      "/opt/flotilla/backup.js",
      "back",
      "deployment",
    ]);
    expect(find("cache-data").inputs.name).toBe("flotilla-test-cache");
  });

  test.each<[string, BackupArgs, string, boolean]>([
    ["unless it is asked for", {}, "cache-backup-1", false],
    ["in a preview", { beforeDeployment: true }, "cache-backup-1", true],
    ["of a first deployment", { beforeDeployment: true }, "", false],
  ])("none is made %s", async (_, backup, keeper, preview) => {
    fakeDocker.answer = answerWith(keeper);
    const { resources } = await recordStore(backup, {}, preview);
    expect(resources.map(({ name }) => name)).toContain("cache-server");
    expect(ask()).toBeUndefined();
  });

  test("nothing is changed where it fails, and the remedy is told", async () => {
    const stdout = JSON.stringify({ ok: false, fault: "The backup cannot be stored: it is full." });
    fakeDocker.answer = answerWith("cache-backup-1", { code: 1, stdout, stderr: "" });
    await expect(requireBackup("cache", connect())).rejects.toThrow(
      'Datastore "cache": no backup could be made before the deployment, and nothing of it was changed. The backup cannot be stored: it is full. To deploy without one, set its backup.beforeDeployment to false, by --set datastores.cache.backup.beforeDeployment=false where Flotilla\'s own program is deployed.',
    );
  });
});

// prettier-ignore
const cases: [string, unknown, string][] = [
  ["an unknown key", { shedule: "x" }, 'backup must have only known keys, got "shedule". Did you mean schedule?'],
  ["a schedule that is none", { schedule: "every day" }, 'backup.schedule must be a cron expression of five fields, got "every day". Write it like 0 3 * * *, which is daily at three o\'clock in UTC.'],
  ["two places", { to: { volume: "a", folder: "/b" } }, "backup.to must have one place, got an object. Keep one of volume, folder."],
  ["a folder that is relative", { to: { folder: "backups" } }, "backup.to.folder must be the path of a folder on the engine's host, got \"backups\"."],
  ["storage without keys", { to: { s3: { endpoint: "https://s3.example.com", bucket: "shop", accessKey: "id" } } }, "backup.to.s3.secretKey must be a key that is not empty, got nothing."],
  ["an endpoint with a path", { to: { s3: { endpoint: "https://s3.example.com/shop", bucket: "shop", accessKey: "id", secretKey: "key" } } }, 'backup.to.s3.endpoint must be the address of storage that speaks S3, got "https://s3.example.com/shop". Write it like https://s3.eu-central-1.amazonaws.com.'],
  ["a short key", { encryptionKey: "hunter2" }, "backup.encryptionKey must be a key of at least 32 characters without spaces, got (hidden)."],
  ["a key that is not used", { encrypt: false, encryptionKey: "hunter2-".repeat(5) }, "backup.encrypt must be left out where encryptionKey is set, got false. Remove one of the two."],
  ["keeping nothing", { keep: { count: 0 } }, "backup.keep.count must be a whole number of 1 or more, got 0."],
];

test.each(cases)("%s is refused", (_, backup, message) => {
  expect(listFaults("cache", { engine: "redis", backup })).toEqual([message]);
});

const backedUp = Object.values(DatastoreEngine).map(
  (engine) => [engine, recipeOf("main", { engine, backup: {} }).backup] as const,
);

describe.each(backedUp)("the shell functions of %s", (_, recipe) => {
  test("are there, in a shell's language", () => {
    const script = renderDumpScript(recipe.functions);
    expect(() => execFileSync("sh", ["-n"], { input: script })).not.toThrow();
    for (const name of ["dump", "verify", "count", "restore", "recover"])
      expect(script).toMatch(new RegExp(`^${name}\\(\\) \\{`, "m"));
  });

  test("hold no password", () => {
    const secrets = { version: 1, current: "hunter2", administrator: "swordfish" };
    const { current, administrator } = secrets;
    for (const password of [current, administrator, ...Object.values(recipe.passwords(secrets))])
      expect(recipe.functions).not.toContain(password);
  });
});
