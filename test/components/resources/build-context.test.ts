import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { afterAll, describe, expect, it, test } from "vitest";
import { type Build, hashBuildContext as hashContext } from "../../../components/resources/build-context";

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), "build-context-"));
afterAll(() => {
  fs.rmSync(scratch, { recursive: true });
});

type Files = Record<string, string>;

function createContext(files: Files): string {
  const folder = fs.mkdtempSync(path.join(scratch, "context-"));
  for (const [name, content] of Object.entries(files)) write(folder, name, content);
  return folder;
}

function write(folder: string, name: string, content: string): void {
  const file = path.join(folder, name);
  fs.mkdirSync(path.dirname(file), { recursive: true });
  fs.writeFileSync(file, content);
}

const files: Files = {
  Dockerfile: "FROM scratch\nCOPY . /\n",
  ".dockerignore": "node_modules\n*.log\n!node_modules/keep\n",
  "server.js": "serve();",
  "src/deep/route.js": "route();",
  "node_modules/other/index.js": "",
  "node_modules/keep/index.js": "",
  "debug.log": "one",
};
function hashBuildContext(folder: string, options: Partial<Build> = {}): string {
  return hashContext(folder, { dockerfile: "Dockerfile", args: {}, noCache: "", ...options });
}

const original = hashBuildContext(createContext(files));

/** What a context gets: contents by file, where a link leads, or nothing in the place of a file or folder. */
type Changes = Record<string, string | { link: string } | undefined>;

/** What the hash becomes once a context has been changed. */
function hashAfter(changes: Changes): string {
  const folder = createContext(files);
  for (const [name, change] of Object.entries(changes))
    if (change === undefined) fs.rmSync(path.join(folder, name), { recursive: true });
    else if (typeof change === "string") write(folder, name, change);
    else fs.symlinkSync(change.link, path.join(folder, name));
  return hashBuildContext(folder);
}

describe("hashBuildContext", () => {
  it("gives 16 hexadecimal characters", () => {
    expect(original).toMatch(/^[0-9a-f]{16}$/);
  });

  it("gives this value on every machine", () => {
    const folder = createContext({ Dockerfile: "FROM scratch\n", "b/a.txt": "a\n", "B.txt": "b\n" });
    expect(hashBuildContext(folder, { target: "run", args: { B: "2", A: "1" } })).toBe("d7666b4a3c1d71cc");
  });

  it("is the same by a relative path, through a link and with a slash at the end", () => {
    const folder = createContext(files);
    fs.symlinkSync(folder, `${folder}-link`, "junction");
    const names = [path.relative(process.cwd(), folder), `${folder}-link`, `${folder}/`];
    expect(names.map((name) => hashBuildContext(name))).toEqual([original, original, original]);
  });

  const reworded = "# new\n/node_modules/\n!node_modules/keep/\n*.log\n*.tmp\n";

  test.each<[string, Changes]>([
    ["the same content in another folder", {}],
    ["an ignored file changed", { "debug.log": "two" }],
    ["an ignored file added", { "node_modules/new/index.js": "new" }],
    ["an ignored file removed", { "node_modules/other": undefined }],
    ["ignore rules reworded", { ".dockerignore": reworded }],
  ])("stays after %s", (_name, changes) => {
    expect(hashAfter(changes)).toBe(original);
  });

  it("stays after new times, permission bits and an empty folder", () => {
    const folder = createContext(files);
    fs.utimesSync(path.join(folder, "server.js"), 1, 1);
    expect(hashBuildContext(folder)).toBe(original);
    fs.chmodSync(path.join(folder, "server.js"), 0o755);
    expect(hashBuildContext(folder)).toBe(original);
    fs.mkdirSync(path.join(folder, "empty"));
    expect(hashBuildContext(folder)).toBe(original);
  });

  const changed: [name: string, changes: Changes][] = [
    ["a file changed", { "server.js": "serve(2);" }],
    ["a line ending changed", { "server.js": "serve();\r\n" }],
    ["a file added", { "empty.js": "" }],
    ["a file removed", { "server.js": undefined }],
    ["a file renamed", { "server.js": undefined, "main.js": "serve();" }],
    ["a file moved", { src: undefined, "lib/deep/route.js": "route();" }],
    ["an exception's file changed", { "node_modules/keep/index.js": "new" }],
    ["the Dockerfile changed", { Dockerfile: "FROM scratch\nCOPY . /app\n" }],
    ["ignore rules that leave out more", { ".dockerignore": "node_modules\n*.log\n" }],
    ["ignore rules that leave out less", { ".dockerignore": undefined }],
    ["a file in place of a link", { link: "server.js" }],
    ["a link", { link: { link: "server.js" } }],
    ["a link elsewhere", { link: { link: "src" } }],
    ["a link to nothing", { link: { link: "gone" } }],
  ];

  test.each(changed)("changes after %s", (_name, changes) => {
    expect(hashAfter(changes)).not.toBe(original);
  });

  it("tells all those changes apart", () => {
    const hashes = changed.map(([, changes]) => hashAfter(changes));
    expect(new Set(hashes).size).toBe(changed.length);
  });

  it("counts the Dockerfile even where it is ignored", () => {
    const ignored = { ...files, ".dockerignore": "*\n" };
    const first = hashBuildContext(createContext(ignored));
    expect(hashBuildContext(createContext({ ...ignored, "server.js": "" }))).toBe(first);
    expect(hashBuildContext(createContext({ ...ignored, Dockerfile: "FROM x\n" }))).not.toBe(first);
  });

  it("prefers the ignore file of the Dockerfile", () => {
    const own = { ...files, "docker/app": "FROM scratch\n", "docker/app.dockerignore": "*\n" };
    const hash = (content: Files) => hashBuildContext(createContext(content), { dockerfile: "docker/app" });
    expect(hash({ ...own, "server.js": "new", ".dockerignore": "" })).toBe(hash(own));
    expect(hash({ ...own, "docker/app.dockerignore": "*\n!server.js" })).not.toBe(hash(own));
  });

  it("changes with target and arguments, but not with the arguments' order", () => {
    const folder = createContext(files);
    const hash = (options?: Parameters<typeof hashBuildContext>[1]) => hashBuildContext(folder, options);
    expect(hash({ args: { A: "1", B: "2" } })).toBe(hash({ args: { B: "2", A: "1" } }));
    expect(hash({ args: {} })).toBe(hash());
    expect(hash({ dockerfile: "Dockerfile" })).toBe(hash());
    const different = [hash(), hash({ target: "a" }), hash({ target: "b" }), hash({ args: { A: "1" } })];
    different.push(
      hash({ args: { A: "2" } }),
      hash({ args: { B: "1" } }),
      hash({ args: { A: "1", B: "2" } }),
    );
    expect(new Set(different).size).toBe(different.length);
  });

  it("reads large files to the end", () => {
    const large = "x".repeat(3 * 1024 * 1024);
    const hash = (content: string) => hashBuildContext(createContext({ ...files, large: content }));
    expect(hash(`${large}a`)).not.toBe(hash(`${large}b`));
  });

  it("refuses the passphrase of a state, unless it is left out", () => {
    const state = { ...files, "deploy/.pulumi-state/passphrase": "secret" };
    expect(() => hashBuildContext(createContext(state))).toThrow(
      "would hold deploy/.pulumi-state/passphrase, which encrypts the secrets of the state. Add .pulumi-state to",
    );
    const ignored = createContext({
      ...state,
      ".dockerignore": `${files[".dockerignore"] ?? ""}**/.pulumi-state\n`,
    });
    expect(hashBuildContext(ignored)).toBe(hashBuildContext(createContext(files)));
  });

  it("takes less than 2 s for 10,000 files", () => {
    const folder = createContext(files);
    for (let index = 0; index < 10_000; index++) write(folder, `many/${index % 100}/${index}.js`, `${index}`);
    const start = performance.now();
    hashBuildContext(folder);
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
