import { describe, expect, it, test } from "vitest";
import { isExcluded, parseDockerignore } from "../../../components/resources/dockerignore";

const excludes = (text: string, path: string) => isExcluded(parseDockerignore(text), path);

describe("a single pattern", () => {
  const cases: [pattern: string, excluded: string[], sent: string[]][] = [
    ["notes.txt", ["notes.txt"], ["docs/notes.txt", "notes.txt.bak", "notesXtxt"]],
    ["docs", ["docs", "docs/a", "docs/deep/a"], ["src/docs", "docs2"]],
    ["docs/", ["docs", "docs/a"], ["src/docs"]],
    ["/docs", ["docs", "docs/a"], ["src/docs"]],
    ["./docs//api/../guide", ["docs/guide", "docs/guide/a"], ["docs/api", "docs"]],
    ["../docs", [], ["docs"]],
    ["/../docs", ["docs"], []],
    [".", [], ["a"]],
    ["/", [], ["a"]],
    ["*", ["a", ".env", "a/b"], []],
    ["*.log", ["a.log", ".log", "a.log/b"], ["logs/a.log", "a.log2"]],
    ["logs/*", ["logs/a", "logs/deep/a"], ["logs", "other/a"]],
    ["*/*.log", ["x/a.log"], ["a.log", "x/y/a.log"]],
    ["a*b?c*x", ["abxbbxdbxebxczzx"], ["abxbbxdbxebxczzy"]],
    ["file?", ["file1", "file☺"], ["file", "file12", "file/"]],
    ["a?b", ["a-b"], ["a/b"]],
    [".*", [".env", ".git/config"], ["env"]],
    ["a[b-d]e", ["ace"], ["ae", "aae", "a-e"]],
    ["a[^b-d]e", ["aze"], ["ace"]],
    ["[a-ζ]*", ["α"], ["A"]],
    ["[\\]a]", ["]", "a"], ["b"]],
    ["[x\\-z]", ["x", "-", "z"], ["y"]],
    ["a]", ["a]"], ["a"]],
    ["a\\*b", ["a*b"], ["aXb"]],
    ["\\!a", ["!a"], ["a"]],
    ["a(b)+{c}$.d", ["a(b)+{c}$.d"], ["abc.d"]],
    ["a(b)+{c}$.*", ["a(b)+{c}$.d"], ["abc.d"]],
    ["*.{js,ts}", ["a.{js,ts}"], ["a.js"]],
    ["**", ["a", "a/b", "a/b/c"], []],
    ["**/", ["a", "a/b"], []],
    ["**/**", ["a", "a/b"], []],
    ["docs/**", ["docs/a", "docs/deep/a"], ["docs"]],
    ["docs**", ["docs", "docs2/a"], ["a/docs"]],
    ["**/cache", ["cache", "a/cache", "a/b/cache/c"], ["mycache"]],
    ["**/.foo", [".foo", "a/.foo"], ["bar.foo"]],
    ["**/*.txt", ["a.txt", "x/y/a.txt"], ["a.txt2"]],
    ["**/dir/*", ["a/dir/file", "dir/file"], ["a/dir"]],
    ["**/dir/**", ["a/dir/b/file"], ["a/dir"]],
    ["a/**/b", ["a/b", "a/x/b", "a/x/y/b/c"], ["a/xb"]],
    ["a**/*.txt", ["a/file.txt", "a/x/y/file.txt"], ["file.txt"]],
    ["**file", ["file", "a/file", "myfile"], ["file2"]],
    ["**file*", ["file2", "a/file"], ["myfile"]],
  ];

  test.each(cases)("%s", (pattern, excluded, sent) => {
    expect(excluded.filter((path) => !excludes(pattern, path))).toEqual([]);
    expect(sent.filter((path) => excludes(pattern, path))).toEqual([]);
  });
});

describe("several patterns", () => {
  const cases: [name: string, lines: string[], excluded: string[], sent: string[]][] = [
    ["an exception after its rule", ["*.md", "!README.md"], ["a.md"], ["README.md"]],
    ["an exception before its rule", ["!README.md", "*.md"], ["README.md"], []],
    ["the last match wins", ["*.md", "!README*.md", "README-me.md"], ["README-me.md"], ["README.md"]],
    ["a file in an excluded folder", ["docs", "!docs/a"], ["docs", "docs/b"], ["docs/a"]],
    ["a folder in an excluded folder", ["**", "!x/y"], ["x", "x/z"], ["x/y", "x/y/z"]],
    ["an exception of an exception", ["**", "!x/y", "x/y/z"], ["x/y/z"], ["x/y/w"]],
    ["an exception with a wildcard", ["*", "!**/keep"], ["a/b"], ["keep", "a/keep", "a/b/keep/c"]],
    ["an exception with slashes", ["*", "!/src/"], ["lib/a"], ["src", "src/a"]],
    ["an exception for a folder does not undo a deeper rule", ["a/b", "!a"], ["a/b", "a/b/c"], ["a", "a/c"]],
    ["an exception without a rule", ["!a"], [], ["a", "b"]],
    ["comments and blank lines", ["# a", "", "  ", "#b", "c"], ["c"], ["# a", "a", "#b", "b"]],
    ["a # that is not first is no comment", [" #b"], ["#b"], []],
    ["spaces around a pattern", ["  a  ", "\tb", "*.md", "! c.md"], ["a", "b"], ["c.md"]],
    ["spaces inside a pattern", ["a b"], ["a b"], ["a", "b"]],
    ["Windows line endings", ["a\r", "*.md\r", "!b.md\r"], ["a", "c.md"], ["b.md"]],
    ["a byte order mark", ["\uFEFF# a", "b"], ["b"], ["a"]],
  ];

  test.each(cases)("%s", (_name, lines, excluded, sent) => {
    const text = lines.join("\n");
    expect(excluded.filter((path) => !excludes(text, path))).toEqual([]);
    expect(sent.filter((path) => excludes(text, path))).toEqual([]);
  });
});

describe("looking below an excluded folder", () => {
  const cases: [exceptions: string[], folder: string, expected: boolean][] = [
    [[], "node_modules", false],
    [["!src"], "node_modules", false],
    [["!node_modules/keep"], "node_modules", true],
    [["!node_modules/keep"], "node_modules/other", false],
    [["!node_modules/a/b"], "node_modules/a", true],
    [["!node_modules2/keep"], "node_modules", false],
    [["!*.md"], "node_modules", false],
    [["!*/*.md"], "node_modules", true],
    [["!*/*.md"], "node_modules/a", false],
    [["!**/*.md"], "node_modules/a", true],
    [["!src/**"], "node_modules", false],
    [["!node_modules/**/keep"], "node_modules/a/b", true],
    [["!a[^b]c"], "a", true],
  ];

  test.each(cases)("%j in %s: %s", (exceptions, folder, expected) => {
    expect(parseDockerignore(["**", ...exceptions].join("\n")).mayIncludeBelow(folder)).toBe(expected);
  });
});

describe("a pattern that Docker refuses", () => {
  const patterns = [
    "!",
    "!/",
    "[",
    "[^",
    "[^bc",
    "a[",
    "[]a]",
    "[-]",
    "[x-]",
    "[-x]",
    "[a-b-c]",
    "[b-a]",
    "\\",
  ];

  test.each(patterns)("%s", (pattern) => {
    expect(() => parseDockerignore(pattern)).toThrow(
      `.dockerignore must hold patterns that Docker can read, got "${pattern}": `,
    );
  });

  it("is named with its file and reason", () => {
    expect(() => parseDockerignore("ok\nsrc/[ab", "Dockerfile.dockerignore")).toThrow(
      'Dockerfile.dockerignore must hold patterns that Docker can read, got "src/[ab": a bracket is not closed.',
    );
  });
});
