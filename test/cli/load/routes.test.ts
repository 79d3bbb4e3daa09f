import { describe, expect, test } from "vitest";
import { checkHeader, readHeaders } from "../../../cli/load/headers";
import { checkRoute, readRoutes, takeTurns } from "../../../cli/load/routes";

test.each([
  ["/", { method: "GET", target: "/", weight: 1 }],
  ["/api/orders 3", { method: "GET", target: "/api/orders", weight: 3 }],
  ["POST /orders", { method: "POST", target: "/orders", weight: 1 }],
  [
    "DELETE https://shop.internal/a?b=1 12",
    { method: "DELETE", target: "https://shop.internal/a?b=1", weight: 12 },
  ],
])("%s is a route", (text, route) => {
  expect(readRoutes([text], "GET")).toEqual([route]);
});

test("a stack's start page is asked for when nothing is told, by the method that is", () => {
  expect(readRoutes([], "HEAD")).toEqual([{ method: "HEAD", target: "/", weight: 1 }]);
});

test.each(["", "orders", "/ 0", "post /x", "ftp://host/", "http://", "/a /b"])("%j is none", (text) => {
  expect(() => {
    checkRoute(text, "--url");
  }).toThrow(/^--url must be a path or an address, .* Write it like \/, "\/api\/orders 3"/);
});

describe("turns", () => {
  const turns = (weights: number[], count: number): string => {
    const next = takeTurns(weights.map((weight, at) => ({ weight, name: "abc".charAt(at) })));
    return Array.from({ length: count }, () => next().name).join("");
  };

  test("come as often as weights say, spread", () => {
    expect(turns([3, 1], 8)).toBe("aabaaaba");
    expect(turns([1, 1, 1], 6)).toBe("abcabc");
    expect(turns([5], 3)).toBe("aaa");
  });
});

test("headers are read; a body is JSON unless they say otherwise", () => {
  expect(readHeaders({ header: ["Accept: text/html", "X-A:b: c"], body: "{}" })).toEqual({
    ...{ "Content-Type": "application/json", Accept: "text/html", "X-A": "b: c" },
  });
  expect(readHeaders({ header: ["content-type: text/plain"], body: "a" })).toEqual({
    "content-type": "text/plain",
  });
  expect(readHeaders({ header: [] })).toEqual({});
});

test("what is no header is refused without what may be secret in it", () => {
  expect(() => {
    checkHeader("Author ization: Bearer abc", "--header");
  }).toThrow(
    `--header must be a name and a value, got "Author ization: …". Write it like "Accept: text/html".`,
  );
});
