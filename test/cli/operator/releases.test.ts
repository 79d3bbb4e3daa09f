import { beforeEach, describe, expect, test } from "vitest";
import { Failure, Misuse } from "../../../cli/failure";
import { addReleases, parseHistory, renderHistory, renderReleases } from "../../../cli/operator/history";
import { chooseRelease, describeWayBack, findImages, listChanges } from "../../../cli/operator/releases";
import { connect } from "../../../engine/client";
import type { Release } from "../../../stack/releases";
import { fakeDocker, resetDocker } from "../../support/fake-docker";

const at = Date.parse("2026-11-27T10:00:00Z");
const id = (digit: string) => `sha256:${digit.repeat(64)}`;
const web = { reference: "shop/web:7", id: id("7") };
const now: Release = {
  ...{ release: 5, at: "2026-11-27T09:58:01.000Z" },
  images: { api: { reference: "shop/api:2", id: id("2") }, web, new: web },
};
const then: Release = {
  ...{ release: 4, at: "2026-11-27T08:00:00.000Z" },
  images: { api: { reference: "shop/api:1", id: id("1") }, web, gone: web },
};
const pools = ["api", "web", "new"];
const changes = listChanges(pools, now, then);

describe("the release to go back to", () => {
  test("is the one before, or the one that is named", () => {
    expect(chooseRelease([now, then], undefined, "dev")).toBe(then);
    expect(chooseRelease([now, then], "5", "dev")).toBe(now);
  });

  test.each([
    [
      [now, then],
      "9",
      Misuse,
      "The release must be one of 5, 4, got 9. Look at: npm run history -- --stack prod",
    ],
    [[now], undefined, Failure, "There is no release before the only one, 5."],
    [[], undefined, Failure, "Nothing is known of releases of the stack prod"],
  ])("is refused where there is none, %#", (releases, word, kind, message) => {
    const choose = (): Release => chooseRelease(releases, word, "prod");
    expect(choose).toThrow(kind);
    expect(choose).toThrow(message);
  });
});

test("a way back says what each pool will run", () => {
  expect(changes).toEqual([{ pool: "api", now: "shop/api:2", then: then.images.api }]);
  expect(describeWayBack(then, now, changes, pools, at)).toEqual([
    "Back to release 4 of 2 h ago, from 5:",
    "  api  shop/api:2 -> shop/api:1",
    "  web  stays as it is",
    "  new  stays: it was not there",
    "Settings, secrets, numbers of replicas and data stay as they are now.",
  ]);
});

describe("the image of before", () => {
  beforeEach(resetDocker);

  /** The engine has these images by these names, and digests of the first. */
  function have(images: Record<string, string>, digests: string[] = []): void {
    fakeDocker.answer = (args) => {
      const found = Object.entries(images).find(([name, known]) => [name, known].includes(args.at(-1) ?? ""));
      if (found === undefined) return { code: 1, stdout: "", stderr: "No such image" };
      return { code: 0, stdout: JSON.stringify(args[2]?.includes(".Id") ? found[1] : digests), stderr: "" };
    };
  }

  test.each([
    ["is called as then", { "shop/api:1": id("1") }, [], "shop/api:1"],
    [
      "is named by its digest where the tag has moved",
      { other: id("1"), "shop/api:1": id("2") },
      [`shop/api@${id("d")}`],
      `shop/api@${id("d")}`,
    ],
    ["is named by its id where nobody else knows it", { other: id("1") }, [], id("1")],
  ])("%s", async (_, images, digests, expected) => {
    have(images, digests);
    expect(await findImages(connect(), changes)).toEqual(new Map([["api", expected]]));
  });

  test("is named before anything is touched where it is missing", async () => {
    have({});
    await expect(findImages(connect(), changes)).rejects.toThrow(
      "The engine no longer has shop/api:1 of api (sha256:111111111111). Nothing was touched.",
    );
  });
});

test("the history has the release that a deployment made, and what ran in each", () => {
  const history = parseHistory(
    JSON.stringify([
      {
        kind: "update",
        startTime: "2026-11-27T09:58:00Z",
        endTime: "2026-11-27T09:58:42Z",
        result: "succeeded",
        version: 9,
      },
      {
        kind: "update",
        startTime: "2026-11-27T09:00:00Z",
        endTime: "2026-11-27T09:00:10Z",
        result: "failed",
        version: 8,
      },
    ]),
  );
  expect(renderHistory(addReleases(history, [now, then]), at, 100)).toEqual([
    "NO  RELEASE  AGO  WHAT    RESULT     TOOK  CHANGES",
    " 9        5  2 m  update  succeeded  42 s  none",
    " 8           1 h  update  failed     10 s  none",
  ]);
  expect(renderReleases([then])).toEqual(["release 4: api shop/api:1, web shop/web:7, gone shop/web:7"]);
});
