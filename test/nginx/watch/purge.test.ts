import { expect, test } from "vitest";
import { keyPattern } from "../../../nginx/watch/purge";

test.each([
  ["$host$request_uri", "shop.example/a", true],
  ["$host$request_uri", "shop.example/a?x=1", true],
  ["$host$request_uri", "shop.example/a/b", false],
  ["$host$request_uri", "shop.example/b/a", false],
  ["$host$uri$arg_page", "shop.example/a7", true],
  ["$scheme|$request_method|${uri}", "https|GET|/a", true],
  ["$scheme|$request_method|${uri}", "https|GET|/ab", false],
])("of keys like %s, %s is one of /a: %s", (template, key, fits) => {
  expect(keyPattern(template, "/a").test(key)).toBe(fits);
  expect(keyPattern(template, "*").test(key)).toBe(true);
});

test("a path means itself", () => {
  expect(keyPattern("$host$request_uri", "/a.b").test("h/aXb")).toBe(false);
});
