import { describe, expect, it, test } from "vitest";
import { applyMirror, isPinned, parseReference, withDigest } from "../../engine/image-reference";

const hex = "0123456789abcdef".repeat(4);
const digest = `sha256:${hex}`;
const otherDigest = `sha256:${"f".repeat(64)}`;

describe("parseReference", () => {
  const cases: [text: string, expected: ReturnType<typeof parseReference>][] = [
    ["node", { registry: undefined, path: "library/node" }],
    ["node:24", { registry: undefined, path: "library/node", tag: "24" }],
    ["nginx:1.30.4", { registry: undefined, path: "library/nginx", tag: "1.30.4" }],
    ["grafana/grafana", { registry: undefined, path: "grafana/grafana" }],
    ["docker.io/node", { registry: undefined, path: "library/node" }],
    ["index.docker.io/a/b:1", { registry: undefined, path: "a/b", tag: "1" }],
    [`node@${digest}`, { registry: undefined, path: "library/node", digest }],
    [`ghcr.io/a/b:1@${digest}`, { registry: "ghcr.io", path: "a/b", tag: "1", digest }],
    ["localhost/x", { registry: "localhost", path: "x" }],
    ["localhost:5000/x", { registry: "localhost:5000", path: "x" }],
    ["localhost:5000/x:1", { registry: "localhost:5000", path: "x", tag: "1" }],
    ["localhost:5000", { registry: undefined, path: "library/localhost", tag: "5000" }],
    ["[::1]:5000/x", { registry: "[::1]:5000", path: "x" }],
    ["Host/x", { registry: "Host", path: "x" }],
    ["a/b__c/d--e.f:V_1.2-x", { registry: undefined, path: "a/b__c/d--e.f", tag: "V_1.2-x" }],
    [digest, { registry: undefined, path: "", digest }],
    [hex, { registry: undefined, path: "", digest }],
    ["sha256:abc", { registry: undefined, path: "library/sha256", tag: "abc" }],
  ];

  test.each(cases)("reads %s", (text, expected) => {
    expect(parseReference(text)).toEqual(expected);
  });

  const malformed = [
    "",
    ":1",
    "a:",
    "a@",
    "/a",
    "a/",
    "a//b",
    "a b",
    "a\n",
    "-a",
    "a-",
    "a..b",
    "a___b",
    "a/B",
  ];
  malformed.push("Node", "a:b:c", "a/b:1/c", "a:-x", "é", "http://x.io/a", "x.io:port/a", "-x.io/a");
  malformed.push(
    "a@sha256:1",
    `a@${digest.toUpperCase()}`,
    `a@md5:${"a".repeat(32)}`,
    `a@${digest}@${digest}`,
  );
  malformed.push(`a:${"t".repeat(129)}`, `x/${"a".repeat(254)}`);

  test.each(malformed)("refuses %j", (text) => {
    expect(parseReference(text)).toBeUndefined();
  });
});

describe("applyMirror", () => {
  const mirror = "mirror.example.com/hub";
  const cases: [text: string, expected: string][] = [
    ["node", "mirror.example.com/hub/library/node:latest"],
    ["node:24", "mirror.example.com/hub/library/node:24"],
    ["docker.io/node:24", "mirror.example.com/hub/library/node:24"],
    ["grafana/grafana:12", "mirror.example.com/hub/grafana/grafana:12"],
    [`node@${digest}`, `mirror.example.com/hub/library/node@${digest}`],
    [`node:24@${digest}`, `mirror.example.com/hub/library/node:24@${digest}`],
    ["ghcr.io/a/b:1", "ghcr.io/a/b:1"],
    ["localhost:5000/x", "localhost:5000/x"],
    ["mirror.example.com/hub/library/node:24", "mirror.example.com/hub/library/node:24"],
    [digest, digest],
    [hex, hex],
    ["shop-api:3f2a", "shop-api:3f2a"],
    ["docker.io/library/shop-web:latest", "docker.io/library/shop-web:latest"],
    ["shop-api:other", "mirror.example.com/hub/library/shop-api:other"],
    ["Not Valid", "Not Valid"],
  ];

  test.each(cases)("%s becomes %s", (text, expected) => {
    expect(applyMirror(text, mirror, ["shop-api:3f2a", "shop-web"])).toBe(expected);
  });

  it("ignores a slash at the mirror's end", () => {
    expect(applyMirror("node:24", "mirror:5000/")).toBe("mirror:5000/library/node:24");
  });

  test.each([undefined, ""])("leaves everything without a mirror (%j)", (none) => {
    expect(applyMirror("node:24", none)).toBe("node:24");
  });
});

describe("withDigest", () => {
  const cases: [text: string, expected: string][] = [
    ["node", `node@${digest}`],
    ["node:24", `node@${digest}`],
    ["localhost:5000/x:1", `localhost:5000/x@${digest}`],
    [`ghcr.io/a/b:1@${otherDigest}`, `ghcr.io/a/b@${digest}`],
    [otherDigest, otherDigest],
  ];

  test.each(cases)("%s becomes %s", (text, expected) => {
    expect(withDigest(text, digest)).toBe(expected);
  });

  it("refuses what is no reference or no digest", () => {
    expect(() => withDigest("a b", digest)).toThrow('image must be a Docker image reference, got "a b".');
    expect(() => withDigest("a", "1234")).toThrow('digest must look like sha256:<64 hex>, got "1234".');
  });
});

describe("isPinned", () => {
  const cases: [text: string, expected: boolean][] = [
    ["node", false],
    ["node:24", false],
    [`node@${digest}`, true],
    [`localhost:5000/x:1@${digest}`, true],
    [digest, true],
    [hex, true],
    [`${digest}0`, false],
    ["not valid", false],
  ];

  test.each(cases)("%s: %s", (text, expected) => {
    expect(isPinned(text)).toBe(expected);
  });
});
