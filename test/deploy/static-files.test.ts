import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { hashStaticFiles, listStaticFiles, packStaticFiles } from "../../deploy/static-files";
import { makeFolder } from "../support/folders";

let folder: string;
const long = `${"deep/".repeat(24)}${"ü".repeat(60)}.txt`;

beforeEach(() => {
  folder = makeFolder();
  write("index.html", "<h1>Shop</h1>");
  write("css/site.css", "body {}");
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

describe("the files of a folder", () => {
  test("are listed in one order, without what starts with a dot", () => {
    for (const path of [
      ".env",
      ".git/config",
      "css/.DS_Store",
      ".well-known/security.txt",
      "a/.well-known/x",
    ])
      write(path, "x");
    expect(listStaticFiles(folder).map(({ path }) => path)).toEqual([
      ".well-known/security.txt",
      "css/site.css",
      "index.html",
    ]);
  });

  test("are told from links", () => {
    symlinkSync("index.html", join(folder, "home.html"));
    expect(listStaticFiles(folder).filter(({ isLink }) => isLink)).toEqual([
      { path: "home.html", bytes: 13, isLink: true },
    ]);
  });

  test("have a hash of names and contents, and of nothing else", () => {
    const before = hashStaticFiles(folder);
    utimesSync(join(folder, "index.html"), 0, 0);
    write(".env", "x");
    expect(hashStaticFiles(folder)).toBe(before);
    write("index.html", "<h1>shop</h1>");
    const changed = hashStaticFiles(folder);
    expect(changed).not.toBe(before);
    write("index2.html", "");
    expect(hashStaticFiles(folder)).not.toBe(changed);
  });

  test("are packed as any tar reads them", () => {
    write(long, "far away");
    write("img/logo.bin", "\0".repeat(1024));
    const archive = packStaticFiles(folder, hashStaticFiles(folder), "store/abc");
    const into = makeFolder();
    execFileSync("tar", ["-xf", "-", "-C", into], { input: archive });
    expect(listStaticFiles(join(into, "store", "abc"))).toEqual(listStaticFiles(folder));
    expect(readFileSync(join(into, "store/abc", long), "utf8")).toBe("far away");
    expect(statSync(join(into, "store/abc/css/site.css")).mode & 0o777).toBe(0o644);
    expect(readFileSync(join(into, "store/abc.complete"), "utf8")).toBe("");
  });

  test("have times that follow from their contents", () => {
    const pack = (): Buffer | undefined => packStaticFiles(folder, hashStaticFiles(folder), "s");
    const before = pack();
    utimesSync(join(folder, "index.html"), 0, 0);
    expect(pack()?.equals(before ?? Buffer.alloc(0))).toBe(true);
  });

  test("are not packed when they are no longer what was planned", () => {
    const hash = hashStaticFiles(folder);
    write("index.html", "changed meanwhile");
    expect(packStaticFiles(folder, hash, "s")).toBeUndefined();
  });
});
