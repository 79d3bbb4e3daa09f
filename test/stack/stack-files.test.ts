import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { cleanStackFiles, keepStackFiles, readStackFiles } from "../../stack/stack-files";
import { makeFolder } from "../support/folders";

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

describe("a stack's file", () => {
  const plain = "config:\n  flotilla:pools:\n    api: { port: 3000 }\n";
  const asPulumiWrites = "config:\n  flotilla:pools:\n    api: {port: 3000}\nencryptionsalt: v1:x=:v1:y==\n";
  const file = () => join(folder, "Pulumi.dev.yaml");
  const read = () => readFileSync(file(), "utf8");

  test("is as it was after Pulumi wrote its salt and its spacing", () => {
    writeFileSync(file(), plain);
    const before = readStackFiles(folder);
    writeFileSync(file(), asPulumiWrites);
    cleanStackFiles(folder, before);
    expect(read()).toBe(plain);
  });

  test("keeps a change that Pulumi was told to make", () => {
    writeFileSync(file(), plain);
    const before = readStackFiles(folder);
    writeFileSync(file(), asPulumiWrites.replace("3000", "4000"));
    cleanStackFiles(folder, before);
    expect(read()).toBe("config:\n  flotilla:pools:\n    api: {port: 4000}\n");
  });

  test("forgets a change that a preview was told to make", () => {
    writeFileSync(file(), plain);
    const undo = keepStackFiles(folder);
    writeFileSync(file(), asPulumiWrites.replace("3000", "4000"));
    undo();
    expect(read()).toBe(plain);
  });

  test.each([
    `${asPulumiWrites}  flotilla:TOKEN:\n    secure: v1:z\n`,
    `secretsprovider: gcpkms://x\n${asPulumiWrites}`,
  ])("keeps the salt that something encrypted needs", (text) => {
    writeFileSync(file(), text);
    cleanStackFiles(folder);
    expect(read()).toBe(text);
  });
});
