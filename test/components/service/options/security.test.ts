import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { log } from "@pulumi/pulumi";
import { type PoolArgs, Strategy } from "../../../../components";
import { fakeDocker, resetDocker } from "../../../support/fake-docker";
import {
  describeFaults,
  inputOf,
  minimalPool,
  ofType,
  recordPool,
  recordService,
} from "../../../support/service";

beforeEach(resetDocker);
afterEach(() => void vi.restoreAllMocks());

const usual = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "KILL", "NET_BIND_SERVICE", "SETGID", "SETPCAP", "SETUID"];
const named = (names: string[]): string[] => names.map((name) => `CAP_${name}`);

async function recordReplica(pool: Partial<PoolArgs>) {
  return (await recordPool(pool)).find("app-api-1");
}

describe("a replica", () => {
  test.each<[string, Partial<PoolArgs>, object]>([
    [
      "keeps what images need that start as root, and gains nothing",
      {},
      { capabilities: { drops: ["ALL"], adds: named(usual) }, securityOpts: ["no-new-privileges"] },
    ],
    [
      "has further rights where its pool says why",
      { security: { capabilities: ["SYS_CHROOT"], reason: "its mail server locks itself in" } },
      { capabilities: { drops: ["ALL"], adds: named([...usual, "SYS_CHROOT"].sort()) } },
    ],
    [
      "has nothing of root's where its pool is strict",
      { security: { strict: true } },
      { capabilities: { drops: ["ALL"] }, readOnly: true, tmpfs: { "/tmp": "rw,nosuid,nodev,mode=1777" } },
    ],
    [
      "can write to the folders in memory that a strict pool names",
      { security: { strict: true, writable: ["/tmp", "/var/cache"] } },
      { tmpfs: { "/tmp": "rw,nosuid,nodev,mode=1777", "/var/cache": "rw,nosuid,nodev,mode=1777" } },
    ],
  ])("%s", async (_, pool, inputs) => {
    expect((await recordReplica(pool)).inputs).toMatchObject(inputs);
  });

  test("gets its files also where its pool is strict, and can then be written to where its user may", async () => {
    const files = { files: { "/etc/app/a": "a" }, secretFiles: { "/run/secrets/b": "b" } };
    const { inputs } = await recordReplica({ ...files, security: { strict: true } });
    expect(inputs).toMatchObject({ capabilities: { drops: ["ALL"] }, securityOpts: ["no-new-privileges"] });
    expect(inputs).toHaveProperty("uploads");
    for (const name of ["readOnly", "tmpfs"]) expect(inputs).not.toHaveProperty(name);
  });

  test("can be written to everywhere, and gains rights, only as its pool says", async () => {
    const { inputs } = await recordReplica({});
    expect(inputs).not.toHaveProperty("readOnly");
    expect(inputs).not.toHaveProperty("volumes");
    const { inputs: others } = await recordReplica({ security: { gainsRights: true, reason: "sudo" } });
    expect(others).not.toHaveProperty("securityOpts");
  });

  test.each([
    [Strategy.BlueGreen, "app-api-members", {}, 4096],
    [Strategy.BlueGreen, "app-api-members", { security: { processes: 64 } }, 64],
    [Strategy.Rolling, "app-api-2-rolling-member", { security: { processes: 64 } }, 64],
  ])(
    "of a %s pool has its limit of processes from the command %s, and none before",
    async (strategy, command, pool, processes) => {
      const recording = await recordPool({ ...pool, strategy, replicas: 2 });
      expect(inputOf(recording.find(command))).toMatchObject({ processes });
      const replicas = ofType(recording, "Container").filter(({ name }) => name !== "app-balancer");
      expect(replicas.map(({ afterCreate }) => afterCreate)).toEqual([[], []]);
    },
  );

  test.each([
    [{}, [undefined, undefined]],
    [{ strict: true }, [true, true]],
  ])("must not be root where its pool is strict", async (security, expected) => {
    const command = (await recordPool({ security, replicas: 2 })).find("app-api-members");
    const replicas = inputOf(command).replicas as { mustNotBeRoot?: true }[];
    expect(replicas.map(({ mustNotBeRoot }) => mustNotBeRoot)).toEqual(expected);
  });
});

describe("a worker", () => {
  const recordWorker = async (pool: Partial<PoolArgs> = {}) =>
    (await recordService({ pools: { jobs: { image: "node:24-slim", ...pool } } })).find("app-jobs-1");

  test.each([
    [{}, 4096],
    [{ security: { processes: 64 } }, 64],
  ])("has a limit of processes when it has been made", async (pool, processes) => {
    const { afterCreate } = await recordWorker(pool);
    fakeDocker.runs = [];
    for (const hook of afterCreate) await hook({ id: "some-id", name: "app-jobs-1" } as never);
    expect(fakeDocker.runs.map(({ args }) => args)).toEqual([
      ["update", `--pids-limit=${processes}`, "some-id"],
    ]);
  });

  test("that takes no limit of processes is told of, and not held up", async () => {
    const warn = vi.spyOn(log, "warn").mockResolvedValue();
    const { afterCreate } = await recordWorker();
    fakeDocker.answer = () => ({ code: 1, stdout: "", stderr: "no such cgroup\n" });
    for (const hook of afterCreate) await hook({ id: "some-id", name: "app-jobs-1" } as never);
    expect(warn).toHaveBeenCalledExactlyOnceWith(
      "app-jobs-1 has no limit of processes: no such cgroup",
      expect.anything(),
    );
  });
});

test.each<[Partial<PoolArgs>, string]>([
  [{ security: { capabilities: ["SYS_CHROOT"] } }, "pools.api.security.reason must say why"],
  [{ security: { gainsRights: true } }, "pools.api.security.reason must say why"],
  [{ security: { capabilities: ["ALL"], reason: "ease" } }, "must be the name of a capability"],
  [{ security: { capabilities: ["CAP_CHOWN"], reason: "ease" } }, "must be the name of a capability"],
  [{ security: { writable: ["/tmp"] } }, "writable must be left out where strict is not set"],
  [{ security: { strict: true, writable: ["tmp"] } }, "must be the absolute path of a folder"],
  [{ security: { strict: true, writable: ["/"] } }, "must be the absolute path of a folder"],
  [{ security: { strict: true }, user: "root" }, "pools.api.user must be another one than root"],
  [{ security: { strict: true }, user: "0:1000" }, "pools.api.user must be another one than root"],
  [
    { security: { strict: true, writable: ["/tmp"] }, files: { "/etc/a": "" } },
    "writable must be left out beside files",
  ],
  [{ security: { strict: true }, mounts: [{ path: "/tmp", volume: "a" }] }, "must lie outside of /tmp"],
  [{ security: { processes: 1 } }, "processes must be a whole number from 16"],
])("%j is refused", (pool, message) => {
  expect(describeFaults({ pools: { api: { ...minimalPool, ...pool } } })).toEqual([
    expect.stringContaining(message),
  ]);
});
