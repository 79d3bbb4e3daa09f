import { afterEach, describe, expect, test, vi } from "vitest";
import { explainRights, limitProcesses, refuseRoot } from "../../deploy/rights";
import type { Engine } from "../../engine/client";

interface Known {
  user?: string;
  readOnly?: boolean;
  drops?: string[] | null;
  pids?: number | null;
}

/** An engine whose only container has these rights, and what it was asked for. */
function engineOf(known: Known): { engine: Engine; asked: string[] } {
  const asked: string[] = [];
  const told = { user: "", readOnly: false, drops: ["ALL"], pids: 4096, ...known };
  const answer = ([command = "", ...args]: string[]): string => {
    asked.push([command, ...args].join(" "));
    return JSON.stringify(told);
  };
  const engine = {
    run: (args: string[]) => Promise.resolve(answer(args)),
    attempt: (args: string[]) => Promise.resolve({ code: 0, stdout: answer(args), stderr: "" }),
  } as unknown as Engine;
  return { engine, asked };
}

const api = { replica: "shop-api-1-abc", title: "api-1", startSeconds: 5 };

describe("a replica that fails", () => {
  test.each<[string, Known, string, RegExp | undefined]>([
    [
      "wants to write",
      { readOnly: true },
      "mkdir: can't create '/x': Read-only file system",
      /api\.security\.writable/,
    ],
    ["wants a capability", {}, "chroot: Operation not permitted", /pools\.api\.security\.capabilities/],
    [
      "wants to gain rights",
      {},
      'sudo: The "no new privileges" flag is set',
      /security\.capabilities or \S+gainsRights/,
    ],
    [
      "wants more threads",
      { pids: 64 },
      "sh: can't fork: Resource temporarily unavailable",
      /may have 64 .*security\.processes/,
    ],
    ["complains of something else", { readOnly: true }, "Cannot find module 'express'", undefined],
    ["has all rights", { drops: null }, "Permission denied", undefined],
    ["can write everywhere", {}, "Read-only file system", undefined],
  ])("and %s is told of the setting that it needs, and of no other", async (_, known, said, expected) => {
    const sentences = await explainRights(engineOf(known).engine, api, said);
    expect(sentences).toHaveLength(expected === undefined ? 0 : 1);
    expect(sentences.join("\n")).toMatch(expected ?? /^$/);
  });
});

describe("a replica that must not be root", () => {
  const gate = { ...api, mustNotBeRoot: true };

  test.each(["", "root", "0", "0:1000", "root:staff"])(
    "is stopped as %j, and the message says what to set",
    async (user) => {
      const { engine, asked } = engineOf({ user });
      await expect(refuseRoot(engine, gate)).rejects.toThrow(
        /^The replica api-1 would run as root, which pools\.api\.security\.strict rules out\. Traffic stays where it was\. Set pools\.api\.user, or USER/,
      );
      expect(asked).toContain("stop --time=1 shop-api-1-abc");
    },
  );

  test.each(["1000", "nobody", "rooted", "10"])("runs as %j", async (user) => {
    await expect(refuseRoot(engineOf({ user }).engine, gate)).resolves.toBeUndefined();
  });

  test("is no other one", async () => {
    await expect(refuseRoot(engineOf({ user: "root" }).engine, api)).resolves.toBeUndefined();
  });
});

describe("the limit of processes", () => {
  const task = {
    replicas: ["shop-api-1-abc", "shop-api-2-abc"].map((replica) => ({ ...api, replica, line: "" })),
    processes: 64,
  };
  const update = "update --pids-limit=64 shop-api-1-abc shop-api-2-abc";
  afterEach(() => void vi.restoreAllMocks());

  /** Sets the limit on an engine that ends so one time after the other; gives the calls, and the lines that are printed. */
  async function limitWith(...codes: number[]): Promise<{ asked: string[]; said: string[] }> {
    const said: string[] = [];
    vi.spyOn(process.stdout, "write").mockImplementation((text) => said.push(String(text)) > 0);
    const asked: string[] = [];
    const attempt: Engine["attempt"] = (args) => {
      const code = codes[asked.length] ?? 0;
      asked.push(args.join(" "));
      return Promise.resolve({ code, stdout: "", stderr: code === 0 ? "" : "no such cgroup\n" });
    };
    await limitProcesses({ attempt } as Engine, task);
    return { asked, said };
  }

  test("is set for all replicas by one call", async () => {
    expect(await limitWith(0)).toEqual({ asked: [update], said: [] });
  });

  test("is set again where one ended at that moment", async () => {
    expect(await limitWith(1, 0)).toEqual({ asked: [update, update], said: [] });
  });

  test("that is not taken is told of, and holds nothing up", async () => {
    expect(await limitWith(1, 1)).toEqual({
      asked: [update, update],
      said: ["Warning: not all replicas have a limit of processes: no such cgroup\n"],
    });
  });
});
