import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openFolder } from "../../backup/io/folder-place";
import { type Place, readText } from "../../backup/io/place";
import { openS3 } from "../../backup/io/s3-place";
import { makeFolder } from "../support/folders";
import { type S3Server, startS3 } from "../support/s3-server";

let folder: string;
let s3: S3Server;

beforeEach(async () => {
  folder = makeFolder();
  s3 = await startS3();
});
afterEach(async () => {
  await s3.close();
});

function bucket(changes: Partial<S3Server> = {}): Place {
  const { endpoint, bucket, accessKey, secretKey, sessionToken } = { ...s3, ...changes };
  const settings = { endpoint, region: "eu-central-1", bucket, prefix: "some folder/shop+1/" };
  return openS3(settings, { accessKey, secretKey, sessionToken }, { pauseMilliseconds: 1, partBytes: 64 });
}

function write(text: string): string {
  const file = join(folder, "file");
  writeFileSync(file, text);
  return file;
}

describe.each([
  ["a folder", () => openFolder(join(folder, "deep", "inside"))],
  ["storage that speaks S3", () => bucket()],
])("%s", (_, open) => {
  test("gives back what was put there, lists it and removes it", async () => {
    const place = open();
    expect(await place.list()).toEqual([]);
    const names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"].map((name) => `${name}.json`);
    for (const name of names) await place.put(name, write(`content of ${name}`));
    expect((await place.list()).sort()).toEqual(names);
    expect(await readText(place, "c.json")).toBe("content of c.json");
    await place.put("c.json", write("another"));
    expect((await buffer(await place.open("c.json"))).toString()).toBe("another");
    await place.remove("c.json");
    await place.remove("c.json");
    expect(await place.list()).not.toContain("c.json");
    await expect(place.open("c.json")).rejects.toThrow();
  });
});

test("a folder does not list what an interrupted attempt has left, and removes it", async () => {
  const place = openFolder(folder);
  writeFileSync(join(folder, "half.backup.part"), "half");
  expect(await place.list()).toEqual([]);
  mkdirSync(join(folder, "elsewhere"));
  const file = join(folder, "elsewhere", "file");
  writeFileSync(file, "whole");
  await place.put("whole.backup", file);
  expect(readdirSync(folder).sort()).toEqual(["elsewhere", "whole.backup"]);
});

describe("storage that speaks S3", () => {
  test("is asked again after an outage, a few times", async () => {
    s3.outages = 3;
    await bucket().put("a", write("content"));
    expect(s3.objects.get("some folder/shop+1/a")?.toString()).toBe("content");
    s3.outages = 4;
    await expect(bucket().list()).rejects.toThrow("was answered with 503 SlowDown.");
  });

  test.each([
    ["a wrong key", { secretKey: "wrong" }, "another signature"],
    ["an unknown key", { accessKey: "nobody" }, "unknown access key"],
  ])("turns %s away, which is not tried again", async (_, changes, reason) => {
    await expect(bucket(changes).put("a", write("content"))).rejects.toThrow(
      /^PUT http:\/\/127\.0\.0\.1:\d+\/backups\/some%20folder\/shop%2B1\/a was answered with 403 SignatureDoesNotMatch\.$/,
    );
    expect(s3.refused).toEqual([reason]);
    expect(s3.objects.size).toBe(0);
  });

  test("takes keys that are given for a time", async () => {
    s3.sessionToken = "a/token+of=today";
    await bucket().put("a", write("content"));
    expect(s3.objects.get("some folder/shop+1/a")?.toString()).toBe("content");
    await expect(bucket({ sessionToken: "of yesterday" }).list()).rejects.toThrow("403");
    expect(s3.refused).toEqual(["another token"]);
  });

  test.each([
    [64, 0],
    [65, 2],
    [200, 4],
  ])("gets %d bytes in %d parts of 64", async (size, parts) => {
    const text = "x".repeat(size - 1) + "y";
    await bucket().put("large & small", write(text));
    expect(s3.objects.get("some folder/shop+1/large & small")?.toString()).toBe(text);
    expect(s3.requests.filter((request) => request.startsWith("PUT")).length).toBe(parts === 0 ? 1 : parts);
    expect(s3.uploads.size).toBe(0);
    expect(await readText(bucket(), "large & small")).toBe(text);
  });

  test("keeps nothing of an object whose parts cannot be put together, or do not all come", async () => {
    const file = write("x".repeat(200));
    s3.failsToComplete = true;
    await expect(bucket().put("a", file)).rejects.toThrow("The parts were not put together: InternalError.");
    s3.failsToComplete = false;
    s3.refusesPart = 3;
    await expect(bucket().put("a", file)).rejects.toThrow("was answered with 403 AccessDenied.");
    expect(s3.objects.size).toBe(0);
    expect(s3.uploads.size).toBe(0);
  });

  test("gets a part again after an outage", async () => {
    const file = write("x".repeat(200));
    s3.outages = 3;
    await bucket().put("a", file);
    expect(s3.objects.get("some folder/shop+1/a")).toHaveLength(200);
  });

  test("is said not to answer where it does not", async () => {
    await s3.close();
    await expect(bucket().list()).rejects.toThrow(/^fetch failed: connect ECONNREFUSED/);
  });
});
