import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { refuseLocked } from "../../stack/lock";
import { fakeDocker, resetDocker } from "../support/fake-docker";
import { useStack } from "../support/stack-settings";

const labels = {
  ...{ "flotilla.stack": "shop/prod", "flotilla.role": "lock", "flotilla.by": "ada@laptop" },
  ...{ "flotilla.at": "2026-11-27T09:00:00.000Z", "flotilla.why": "moving" },
};
const said =
  "The stack shop/prod is locked by ada@laptop since 2026-11-27 09:00 UTC: moving. Unlock it: flotilla unlock --stack prod";

beforeEach(async () => {
  resetDocker();
  await useStack("prod", "shop");
  fakeDocker.answer = () => ({ code: 0, stdout: JSON.stringify(labels), stderr: "" });
});

afterEach(() => {
  vi.restoreAllMocks();
});

test("an update of a locked stack ends before it begins", async () => {
  await expect(refuseLocked("ssh://host")).rejects.toThrow(said);
  expect(fakeDocker.runs.map(({ args, host }) => [args.at(-1), host])).toEqual([
    ["shop-prod-lock", "ssh://host"],
  ]);
});

test("a preview says that it would", async () => {
  const mocks = { newResource: () => ({ id: "", state: {} }), call: () => ({}) };
  await pulumi.runtime.setMocks(mocks, "shop", "prod", true);
  const warn = vi.spyOn(pulumi.log, "warn").mockResolvedValue(undefined);
  await refuseLocked(undefined);
  expect(warn.mock.calls).toEqual([[`${said} Until then an update is refused.`]]);
});

test.each([
  ["that nobody has locked", { code: 1, stdout: "", stderr: "no such volume" }],
  ["whose engine has another volume of that name", { code: 0, stdout: "null", stderr: "" }],
])("a stack %s is updated", async (_, answer) => {
  fakeDocker.answer = () => answer;
  await expect(refuseLocked(undefined)).resolves.toBeUndefined();
});
