import { beforeEach, expect, test } from "vitest";
import { connect } from "../../engine/client";
import { describeLock, type Lock, readLock, removeLock, takeLock } from "../../engine/lock";
import { fakeDocker, resetDocker } from "../support/fake-docker";

const ada: Lock = { by: "ada@laptop", at: "2026-11-27T09:00:00.000Z", why: "moving, slowly" };
let volumes: Map<string, string[]>;

/** An engine with volumes, of which it keeps the first of each name. */
beforeEach(() => {
  resetDocker();
  volumes = new Map();
  fakeDocker.answer = ([, what = "", ...args]) => {
    const name = args.at(-1) ?? "";
    const labels = args.flatMap((arg) => /^--label=(.*)$/s.exec(arg)?.slice(1) ?? []);
    if (what === "create" && !volumes.has(name)) volumes.set(name, labels);
    if (what === "rm") volumes.delete(name);
    const known = volumes.get(name);
    if (what === "inspect" && known === undefined) return { code: 1, stdout: "", stderr: "no such volume" };
    const pairs = (known ?? []).map((label) => [label.replace(/=.*/s, ""), label.replace(/^[^=]*=/, "")]);
    return { code: 0, stdout: JSON.stringify(Object.fromEntries(pairs)), stderr: "" };
  };
});

test("a stack is locked by one, and by the next when it is unlocked", async () => {
  const engine = connect();
  const bob = { ...ada, by: "bob@desk" };
  expect(await readLock(engine, "shop/prod")).toBeUndefined();
  expect(await takeLock(engine, "shop/prod", ada)).toEqual(ada);
  expect(await takeLock(engine, "shop/prod", bob)).toEqual(ada);
  expect(await readLock(engine, "shop/dev")).toBeUndefined();
  await removeLock(engine, "shop/prod");
  expect(await takeLock(engine, "shop/prod", bob)).toEqual(bob);
});

test("it is a volume that tells whose it is", async () => {
  await takeLock(connect(), "shop/prod", ada);
  expect([...volumes]).toEqual([
    [
      "shop-prod-lock",
      [
        ...["flotilla.stack=shop/prod", "flotilla.role=lock", "flotilla.by=ada@laptop"],
        ...["flotilla.at=2026-11-27T09:00:00.000Z", "flotilla.why=moving, slowly"],
      ],
    ],
  ]);
});

test("whoever is refused reads who, when and why", () => {
  expect(describeLock("shop/prod", ada)).toBe(
    "The stack shop/prod is locked by ada@laptop since 2026-11-27 09:00 UTC: moving, slowly",
  );
});
