import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { runImport } from "../../../cli/import";
import { makeFolder } from "../../support/folders";

const compose = "services: { web: { image: 'a/b:1', ports: ['8080:80'] } }\n";
let folder: string;
let printed: string;

beforeEach(() => {
  folder = makeFolder();
  printed = "";
  writeFileSync(join(folder, "compose.yaml"), compose);
  vi.spyOn(process.stdout, "write").mockImplementation((text) => (printed += String(text)) !== "");
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});

function start(told: Partial<Parameters<typeof runImport>[0]> = {}): Promise<number> {
  return runImport({
    ...{ folder, output: folder, files: [], profiles: [], envFiles: [], environment: {}, stack: "dev" },
    ...{ isPrinted: false, isForced: false, json: false },
    ...told,
  });
}

const file = (): string => join(folder, "Pulumi.dev.yaml");

describe("an import", () => {
  test("writes the stack's file and prints the report", async () => {
    expect(await start()).toBe(0);
    expect(readFileSync(file(), "utf8")).toContain("image: a/b:1");
    expect(printed).toContain("compose.yaml:1  web → pools.web");
  });

  test("makes a project of a folder that is none, and leaves one that is there as it is", async () => {
    await start();
    const files = ["Pulumi.yaml", "index.js", "package.json", ".gitignore"];
    expect(files.filter((name) => !existsSync(join(folder, name)))).toEqual([]);
    writeFileSync(join(folder, "Pulumi.yaml"), "name: mine\n");
    await start({ isForced: true });
    expect(readFileSync(join(folder, "Pulumi.yaml"), "utf8")).toBe("name: mine\n");
  });

  test("writes over no file, unless it is told to", async () => {
    writeFileSync(file(), "mine");
    await expect(start()).rejects.toThrow("Pulumi.dev.yaml is there already. Import into another --stack");
    expect(readFileSync(file(), "utf8")).toBe("mine");
    expect(await start({ isForced: true })).toBe(0);
    expect(readFileSync(file(), "utf8")).not.toBe("mine");
  });

  test("prints the stack's file alone, and writes nothing", async () => {
    expect(await start({ isPrinted: true })).toBe(0);
    expect(printed).toMatch(/^config:\n {2}flotilla:pools:\n/);
    expect(printed).not.toContain("Taken over");
    expect(existsSync(file())).toBe(false);
  });

  test("gives the report as JSON", async () => {
    expect(await start({ json: true })).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      command: "import",
      ok: true,
      written: file(),
      report: { left: [] },
    });
  });

  test("fails with all that cannot be read, and writes nothing", async () => {
    writeFileSync(join(folder, "compose.yaml"), "services: { web: { image: [], ports: [x] } }\n");
    await expect(start()).rejects.toThrow(
      /2 things cannot be read:\n {2}compose.yaml:1: .*\n {2}compose.yaml:1: /,
    );
    expect(existsSync(file())).toBe(false);
  });

  test("does not write what `up` would refuse", async () => {
    writeFileSync(
      join(folder, "compose.yaml"),
      "services: { web: { image: 'No Image', ports: ['8080:80'] } }\n",
    );
    await expect(start()).rejects.toThrow(
      /so nothing is written[\s\S]*pools\.web\.image must be the name of a Docker image/,
    );
    expect(existsSync(file())).toBe(false);
  });
});
