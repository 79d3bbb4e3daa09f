import { describe, expect, test } from "vitest";
import { type Directive, readDirectives } from "../../importing/nginx/tokens";
import type { Fault } from "../../importing/place";

/** Directives in a short form: words in brackets, with what is in their braces. */
function shorten({ name, args, block }: Directive): unknown[] {
  return [name, ...args, ...(block === undefined ? [] : [block.map(shorten)])];
}

function read(text: string): { directives: unknown[][]; faults: string[] } {
  const faults: Fault[] = [];
  const directives = readDirectives(text, "nginx.conf", faults).map(shorten);
  return { directives, faults: faults.map(({ place, text: said }) => `${place.line}: ${said}`) };
}

describe("Nginx's settings are read", () => {
  test.each<[string, string, unknown[][]]>([
    ["words", "a b  c;\nd;", [["a", "b", "c"], ["d"]]],
    [
      "a comment",
      "a b; # c;\n# d;\ne#f g;",
      [
        ["a", "b"],
        ["e#f", "g"],
      ],
    ],
    ["quotes", `a "b c" 'd "e"' "f\\"g";`, [["a", "b c", 'd "e"', 'f"g']]],
    ["a quote over two lines", 'a "b\nc";', [["a", "b\nc"]]],
    ["an empty text", "a '';", [["a", ""]]],
    ["blocks", "a b { c; d { e; } }", [["a", "b", [["c"], ["d", [["e"]]]]]]],
    ["a block without spaces", "a{b;}", [["a", [["b"]]]]],
    ["a variable in braces", "a ${b}c/${d};", [["a", "${b}c/${d}"]]],
    [
      "a regular expression",
      String.raw`location ~ \.(js|css)$ { }`,
      [["location", "~", String.raw`\.(js|css)$`, []]],
    ],
    [
      "a quoted expression with braces",
      String.raw`location ~ "^/\d{3}$" { }`,
      [["location", "~", String.raw`^/\d{3}$`, []]],
    ],
    ["escapes", String.raw`a "b\tc\\d\.e";`, [["a", String.raw`b${"\t"}c\d\.e`]]],
    ["JSON in quotes", `return 200 '{"ok":true}';`, [["return", "200", '{"ok":true}']]],
    [
      "a map",
      "map $a $b { default 1; '' 2; ~^x 3; }",
      [
        [
          "map",
          "$a",
          "$b",
          [
            ["default", "1"],
            ["", "2"],
            ["~^x", "3"],
          ],
        ],
      ],
    ],
    ["Lua", "a_by_lua_block { if x then y = {1} end }\nb;", [["a_by_lua_block", []], ["b"]]],
    ["carriage returns and a mark of byte order", "\uFEFFa b;\r\nc;\r\n", [["a", "b"], ["c"]]],
    ["nothing", "", []],
  ])("%s", (_, text, directives) => {
    expect(read(text)).toEqual({ directives, faults: [] });
  });

  test("with the line of each", () => {
    const [a, b] = readDirectives("a;\n\n# c\nb\n  d;", "nginx.conf", []);
    expect([a?.place.line, b?.place.line]).toEqual([1, 4]);
  });
});

describe("what is no setting is told with its line, all at once", () => {
  test.each<[string, string, string[]]>([
    ["no semicolon", "a {\n b\n}", ["2: b must end with a semicolon. Add it."]],
    ["no closing brace", "a {\n b;", ["1: This block must end with a closing brace. Add it."]],
    ["a closing brace too many", "a;\n}\nb;", ["2: This brace closes nothing. Remove it."]],
    [
      "a quote that stays open",
      'a;\nb "c;',
      ["2: b must end with a semicolon. Add it.", "2: A quote is opened here and never closed. Close it."],
    ],
    [
      "a sign without a name",
      ";",
      ["1: A directive must stand in front of ;. Remove the sign, or write the name."],
    ],
    [
      "several",
      "a\n}\nb {",
      [
        "1: a must end with a semicolon. Add it.",
        "2: This brace closes nothing. Remove it.",
        "3: This block must end with a closing brace. Add it.",
      ],
    ],
  ])("%s", (_, text, faults) => {
    expect(read(text).faults).toEqual(faults);
  });
});
