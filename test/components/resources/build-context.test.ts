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

/** What the hash becomes once a context has been changed. */
function hashAfter(change: (folder: string) => void): string {
  const folder = createContext(files);
  change(folder);
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

  const unchanged: [name: string, change: (folder: string) => void][] = [
    ["the same content in another folder", () => undefined],
    [
      "new times",
      (folder) => {
        fs.utimesSync(path.join(folder, "server.js"), 1, 1);
      },
    ],
    [
      "permission bits",
      (folder) => {
        fs.chmodSync(path.join(folder, "server.js"), 0o755);
      },
    ],
    [
      "an ignored file changed",
      (folder) => {
        write(folder, "debug.log", "two");
      },
    ],
    [
      "an ignored file added",
      (folder) => {
        write(folder, "node_modules/new/index.js", "new");
      },
    ],
    [
      "an ignored file removed",
      (folder) => {
        fs.rmSync(path.join(folder, "node_modules/other"), { recursive: true });
      },
    ],
    [
      "an empty folder added",
      (folder) => {
        fs.mkdirSync(path.join(folder, "empty"));
      },
    ],
    [
      "ignore rules reworded",
      (folder) => {
        write(folder, ".dockerignore", "# new\n/node_modules/\n!node_modules/keep/\n*.log\n*.tmp\n");
      },
    ],
  ];

  test.each(unchanged)("stays after %s", (_name, change) => {
    expect(hashAfter(change)).toBe(original);
  });

  const changed: [name: string, change: (folder: string) => void][] = [
    [
      "a file changed",
      (folder) => {
        write(folder, "server.js", "serve(2);");
      },
    ],
    [
      "a line ending changed",
      (folder) => {
        write(folder, "server.js", "serve();\r\n");
      },
    ],
    [
      "a file added",
      (folder) => {
        write(folder, "empty.js", "");
      },
    ],
    [
      "a file removed",
      (folder) => {
        fs.rmSync(path.join(folder, "server.js"));
      },
    ],
    [
      "a file renamed",
      (folder) => {
        fs.renameSync(path.join(folder, "server.js"), path.join(folder, "main.js"));
      },
    ],
    [
      "a file moved",
      (folder) => {
        fs.renameSync(path.join(folder, "src"), path.join(folder, "lib"));
      },
    ],
    [
      "an exception's file changed",
      (folder) => {
        write(folder, "node_modules/keep/index.js", "new");
      },
    ],
    [
      "the Dockerfile changed",
      (folder) => {
        write(folder, "Dockerfile", "FROM scratch\nCOPY . /app\n");
      },
    ],
    [
      "ignore rules that leave out more",
      (folder) => {
        write(folder, ".dockerignore", "node_modules\n*.log\n");
      },
    ],
    [
      "ignore rules that leave out less",
      (folder) => {
        fs.rmSync(path.join(folder, ".dockerignore"));
      },
    ],
    [
      "a file in place of a link",
      (folder) => {
        write(folder, "link", "server.js");
      },
    ],
    [
      "a link",
      (folder) => {
        fs.symlinkSync("server.js", path.join(folder, "link"));
      },
    ],
    [
      "a link elsewhere",
      (folder) => {
        fs.symlinkSync("src", path.join(folder, "link"));
      },
    ],
    [
      "a link to nothing",
      (folder) => {
        fs.symlinkSync("gone", path.join(folder, "link"));
      },
    ],
  ];

  test.each(changed)("changes after %s", (_name, change) => {
    expect(hashAfter(change)).not.toBe(original);
  });

  it("tells all those changes apart", () => {
    const hashes = changed.map(([, change]) => hashAfter(change));
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

  it("takes less than 2 s for 10,000 files", () => {
    const folder = createContext(files);
    for (let index = 0; index < 10_000; index++) write(folder, `many/${index % 100}/${index}.js`, `${index}`);
    const start = performance.now();
    hashBuildContext(folder);
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it("names a missing folder or Dockerfile as it was given", () => {
    const folder = createContext({ "a.txt": "" });
    expect(() => hashBuildContext("./missing")).toThrow(
      'build.context must be an existing folder, got "./missing".',
    );
    expect(() => hashBuildContext(folder, { dockerfile: "docker/app" })).toThrow(
      `build.dockerfile must be a file in the build context "${folder}", got "docker/app".`,
    );
  });
});
