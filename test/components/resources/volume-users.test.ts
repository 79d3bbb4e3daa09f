import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type BackupArgs,
  Datastore,
  type DatastoreArgs,
  DatastoreEngine,
  Monitoring,
} from "../../../components";
import { refuseOtherUsers, type UsedPlace } from "../../../components/resources/volume-users";
import { connect, fakeDocker, resetDocker } from "../../support/fake-docker";
import { record, type Recording } from "../../support/recorder";
import { minimalPool, recordService, taskOf } from "../../support/service";

beforeEach(() =>
  pulumi.runtime.setMocks(
    { newResource: () => ({ id: "", state: {} }), call: () => ({}) },
    "flotilla",
    "test",
  ),
);
afterEach(resetDocker);

/** A container of the fake engine. */
interface Container {
  name?: string;
  path?: string;
  status?: string;
  labels?: Record<string, string>;
  networks?: string[];
  mounts?: { Name?: string; Source?: string; RW?: boolean }[];
}

const volume = "flotilla-test-cache";
const labels = { "flotilla.stack": "flotilla/test", "flotilla.service": "cache", "flotilla.store": "cache" };
const other: Container = { name: "cache-server-0000001", labels, networks: ["cache-network-0000001"] };

/** Answers as an engine with these containers, each of which uses the volume unless it says otherwise. */
function answerWith(containers: Container[], networks = ["bridge", "cache-network-0000001"]): void {
  const lines = containers.map((container) => {
    const { name = "some", path = "sh", status = "running", mounts = [{ Name: volume }] } = container;
    const joined = Object.fromEntries((container.networks ?? ["bridge"]).map((network) => [network, {}]));
    const mounted = mounts.map((mount) => ({ Source: "/var/lib/docker/volumes", RW: true, ...mount }));
    return JSON.stringify([`/${name}`, path, status, container.labels ?? null, joined, mounted]);
  });
  fakeDocker.answer = (args) => {
    const stdout = ((): string | undefined => {
      if (args[0] === "ps") return containers.map((_, index) => `id${index}\n`).join("");
      if (args[0] === "network") return `${networks.join("\n")}\n`;
      if (args[0] === "inspect") return `${lines.join("\n")}\n`;
      return args[0] === "volume" ? undefined : `sha256:${"1".repeat(64)} []\n`;
    })();
    return { code: stdout === undefined ? 1 : 0, stdout: stdout ?? "", stderr: "" };
  };
}

function check(place: Partial<UsedPlace> = {}, own: string[] = []): Promise<void> {
  const places = [{ name: volume, isShared: false, ...place }];
  return refuseOtherUsers("cache", 'Datastore "cache"', places, own, connect());
}

describe("data of which another deployment has a container", () => {
  test("are refused, with who uses them and what to do", async () => {
    answerWith([
      other,
      { name: "shop-db-1", status: "exited", labels: { "com.docker.compose.project": "shop" } },
      { name: "by-hand" },
    ]);
    await expect(check()).rejects.toThrow(
      'Datastore "cache": data must be used by one deployment alone, got flotilla-test-cache by cache-server-0000001 (cache of stack flotilla/test, running) and shop-db-1 (of the Compose project shop, exited) and by-hand (not of Flotilla, running). Nothing of it was started. Deploy from the state that these containers are in, or remove them from there; where that state is gone: docker rm --force cache-server-0000001 shop-db-1 by-hand (the data stay). Or take another name or volume.',
    );
  });

  test("are asked for by name, with containers that do not run", async () => {
    answerWith([]);
    await expect(check()).resolves.toBeUndefined();
    expect(fakeDocker.runs[0]?.args).toEqual(
      expect.arrayContaining(["ps", "--all", `--filter=volume=${volume}`]),
    );
  });

  test("are refused while it is stopped, because it may be started again", async () => {
    answerWith([{ ...other, status: "exited" }]);
    await expect(check()).rejects.toThrow("(cache of stack flotilla/test, exited)");
  });

  test("are refused to a datastore of another name in the same stack", async () => {
    answerWith([{ ...other, labels: { ...labels, "flotilla.service": "main" } }]);
    await expect(check()).rejects.toThrow("(main of stack flotilla/test, running)");
  });
});

describe("data are not refused for a container", () => {
  test.each<[string, Container]>([
    ["on a network of this deployment, whatever made it", { ...other, networks: ["bridge", "own"] }],
    ["that never runs, of a script", { path: "/never-started", status: "created" }],
    ["that a killed update left half made", { labels, status: "created" }],
    ["whose network is gone, so that nobody starts it", { ...other, networks: ["gone"], status: "exited" }],
    ["that only reads", { mounts: [{ Name: volume, RW: false }] }],
    ["that uses another volume", { mounts: [{ Name: `${volume}-2` }] }],
  ])("%s", async (_, container) => {
    answerWith([container]);
    await expect(check({}, ["own"])).resolves.toBeUndefined();
  });
});

describe("what may be shared", () => {
  const folder = "/srv/backups";

  test("is refused where another deployment has the same part", async () => {
    answerWith([other]);
    await expect(check({ isShared: true })).rejects.toThrow(
      "got flotilla-test-cache by cache-server-0000001",
    );
    answerWith([{ ...other, mounts: [{ Source: folder }] }]);
    await expect(check({ name: folder, isShared: true })).rejects.toThrow(`got ${folder} by cache-server`);
  });

  test("is shared with all others", async () => {
    answerWith([
      { name: "by-hand" },
      { ...other, labels: { ...labels, "flotilla.stack": "shop/prod" } },
      { ...other, labels: { ...labels, "flotilla.service": "main" } },
    ]);
    await expect(check({ isShared: true })).resolves.toBeUndefined();
  });
});

const passwords = JSON.stringify({ version: 1, current: "hunter2", administrator: "swordfish" });
const printed = { "cache-passwords": passwords, "cache-networks": '["cache-network-0000000","own"]\n' };

function recordStore(args: Partial<DatastoreArgs>, preview = false): Promise<Recording> {
  return record(() => new Datastore("cache", { engine: DatastoreEngine.Redis, ...args }), {
    preview,
    printed,
  });
}

function askedVolumes(): string[] {
  const asked = fakeDocker.runs.flatMap(({ args }) => (args[0] === "ps" ? args : []));
  return asked.flatMap((arg) => /^--filter=volume=(.*)/.exec(arg)?.[1] ?? []);
}

describe("a datastore", () => {
  test("asks for the volumes of all its servers and of its backups before it makes any of them", async () => {
    answerWith([{ ...other, networks: ["cache-network-0000000"] }]);
    const { find } = await recordStore({ redis: { servers: 2 }, backup: {} });
    expect(askedVolumes()).toEqual([volume, `${volume}-server-2`, `${volume}-backups`]);
    expect(find("cache-data").inputs.name).toBe(volume);
  });

  test.each<[BackupArgs, string[]]>([
    [{ to: { volume: "safe" } }, [volume, "safe"]],
    [{ to: { folder: "/srv/backups" } }, [volume, "/srv/backups"]],
  ])("asks for the place of its backups: %j", async (backup, asked) => {
    answerWith([]);
    await recordStore({ backup });
    expect(askedVolumes()).toEqual(asked);
  });

  test("remembers the networks that it had", async () => {
    answerWith([]);
    const command = (await recordStore({})).find("cache-networks");
    expect(command.inputs.create).toContain("rememberNetworks");
    expect(taskOf(command)).toEqual({ networks: ["cache-network-abc1234"] });
  });

  test("is looked after in the preview of its first deployment too, where no network is known", async () => {
    answerWith([]);
    await recordStore({}, true);
    expect(askedVolumes()).toEqual([volume]);
  });
});

describe("a service", () => {
  const mounts = [{ path: "/data", shared: "files" }];

  test("asks for the volumes that its replicas share before it starts any", async () => {
    answerWith([]);
    const web = { ...minimalPool, reachableFrom: ["api"] };
    const { find } = await recordService({ pools: { api: { ...minimalPool, mounts }, web } });
    expect(askedVolumes()).toEqual(["flotilla-test-app-files"]);
    for (const name of ["app-api-1", "app-web-1", "app-balancer"])
      expect(find(name).dependsOn).toContain("app-files-volume");
  });

  test("without such a volume asks for nothing", async () => {
    const { resources } = await recordService({ pools: { web: minimalPool } });
    expect(resources.map(({ name }) => name)).not.toContain("app-networks");
    expect(askedVolumes()).toEqual([]);
  });
});

test("a monitoring asks for the volumes of its servers", async () => {
  answerWith([]);
  const program = () => new Monitoring("watch", { sources: [], grafana: {} });
  const { find } = await record(program, { printed: { "watch-password": "{}" } });
  const volumes = ["prometheus", "alertmanager", "grafana"].map((server) => `flotilla-test-watch-${server}`);
  expect(askedVolumes()).toEqual(volumes);
  expect(find("watch-grafana-data").inputs.name).toBe(volumes[2]);
  expect(taskOf(find("watch-networks"))).toEqual({ networks: ["watch-network-abc1234"] });
});
