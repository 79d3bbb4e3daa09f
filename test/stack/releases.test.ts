import { expect, test } from "vitest";
import { addRelease, readReleases, type Release, renderRelease } from "../../stack/releases";

const image = (version: number) => ({ reference: `shop/api:${version}`, id: `sha256:${version}` });
const release = (number: number, version = number): Release => ({
  ...{ release: number, at: `2026-11-2${number}T10:00:00.000Z` },
  images: { api: image(version) },
});

test("the first deployment is release 1, and each with other images the next", () => {
  const first = addRelease([], { api: image(1) }, release(1).at);
  expect(first).toEqual([release(1)]);
  expect(addRelease(first, { api: image(2) }, release(2).at)).toEqual([release(2), release(1)]);
});

test("the same images are no new release, whatever they are called", () => {
  const known = [release(2), release(1)];
  const other = { api: { reference: "mirror/shop/api:2", id: "sha256:2" } };
  expect(addRelease(known, other, release(3).at)).toEqual(known);
});

test("a way back is a release of its own, and five are remembered", () => {
  const known = [5, 4, 3, 2, 1].map((number) => release(number));
  const back = addRelease(known, { api: image(4) }, release(6).at);
  expect(back.map((each) => each.release)).toEqual([6, 5, 4, 3, 2]);
  expect(back[0]).toEqual(release(6, 4));
});

test("a release is a line of the output, and read again", () => {
  const [line, ...others] = [release(2), release(1)].map(renderRelease);
  expect(line).toBe("2 2026-11-22T10:00:00.000Z api=shop/api:2#sha256:2");
  expect(readReleases([line, ...others])).toEqual([release(2), release(1)]);
  expect(readReleases([renderRelease({ ...release(1), images: {} })])).toEqual([
    { ...release(1), images: {} },
  ]);
});

test("outputs that are no releases are none", () => {
  expect(readReleases({ own: true })).toEqual([]);
  expect(readReleases(["own", 5, { release: 1 }])).toEqual([]);
});
