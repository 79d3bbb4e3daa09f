import { describe, expect, test } from "vitest";
import { Match } from "../../components/types";
import { renderNginx } from "../../nginx/render";
import { toBalancer } from "../support/balancers";
import { describeFaults } from "../support/service";

const api = { image: "api:1", port: 3000 };
const access = { allow: ["192.0.2.1"] };

/** The regular expressions by which other spellings are caught, in order. */
function patternsOf(text: string): RegExp[] {
  return [...text.matchAll(/location ~ "(.*\(\?i:.*)" \{/g)].map(([, pattern = ""]) => {
    // JavaScript has no group whose case alone is free: each of its letters may be either.
    const [, own = "", others = ""] =
      /^\^\(\?!(.*)\)\(\?i:(.*)\)$/.exec(pattern.replaceAll("\\\\", "\\")) ?? [];
    const either = others.replaceAll(/[a-z]/g, (letter) => `[${letter}${letter.toUpperCase()}]`);
    return RegExp(`^(?!${own})(?:${either})`);
  });
}

describe("a guarded route", () => {
  test.each<[string, Match, string[], string[]]>([
    [
      "/admin/",
      Match.Prefix,
      ["/Admin/", "/ADMIN/users", "/admin;x/", "/admin;x=1/users", "/Admin;x/", "/Admin", "/admin;x"],
      ["/admin/", "/admin/users", "/administrator/", "/x/Admin/", "/admin"],
    ],
    ["/admin", Match.Prefix, ["/Admin", "/ADMIN;x", "/aDmin/users"], ["/admin", "/admin;x", "/x/Admin"]],
    [
      "/api/login",
      Match.Exact,
      ["/api/LOGIN", "/api/login/", "/api/login;x", "/api;v=1/login", "/API/Login;x/"],
      ["/api/login", "/api/login/more", "/api/logins"],
    ],
    ["/v1.0/a+b", Match.Exact, ["/V1.0/a+b", "/v1.0/a+b/"], ["/v1x0/a+b", "/V1x0/a+b", "/v1.0/aab"]],
  ])(
    "%s (%s) has a location for its other spellings, and for nothing else",
    (path, match, caught, passed) => {
      const text = renderNginx(
        toBalancer({ pools: { api }, routes: [{ pool: "api" }, { path, match, pool: "api", access }] }),
      );
      const [pattern, ...further] = patternsOf(text);
      expect(further).toEqual([]);
      expect(caught.filter((each) => pattern?.test(each) !== true)).toEqual([]);
      expect(passed.filter((each) => pattern?.test(each) === true)).toEqual([]);
      expect(text.slice(text.indexOf("(?i:"))).toContain("allow 192.0.2.1;");
      expect(text).toContain('if ($uri ~ "/[.][.]?;") {\n      return 400;');
    },
  );

  test("whose path is the longest comes first", () => {
    const routes = ["/api/", "/api/admin/"].map((path) => ({ path, pool: "api", access }));
    const text = renderNginx(toBalancer({ pools: { api }, routes }));
    expect(patternsOf(text).map((pattern) => pattern.test("/api/Admin/"))).toEqual([true, false]);
  });

  test("by a regular expression takes either case", () => {
    const routes = [{ path: "^/(?:a|b)$", match: Match.Regex, pool: "api", rate: { perSecond: 1 } }];
    expect(renderNginx(toBalancer({ pools: { api }, routes }))).toContain('location ~* "^/(?:a|b)$" {');
  });

  test.each([{}, { cors: { origins: ["*"] } }])("is none with %j", (settings) => {
    const text = renderNginx(
      toBalancer({ pools: { api }, routes: [{ path: "/admin/", pool: "api", ...settings }] }),
    );
    expect(patternsOf(text)).toEqual([]);
    expect(text).not.toContain("[.][.]?;");
  });

  test.each([
    ["access", access],
    ["rate", { perSecond: 1 }],
    ["connectionsPerAddress", 2],
  ])("is no redirect, which nobody is kept from: %s", (name, value) => {
    const routes = [{ path: "/old/", redirect: { to: "/new/" }, [name]: value }, { pool: "api" }];
    expect(describeFaults({ pools: { api }, routes })).toEqual([
      expect.stringContaining(`routes[0].${name} must be left out beside redirect`),
    ]);
  });
});

test("hosts that no route names have 421 where all routes name theirs", () => {
  const named = { host: "shop.example.com", pool: "api" };
  expect(renderNginx(toBalancer({ pools: { api }, routes: [named] }))).toContain("return 421;");
  expect(renderNginx(toBalancer({ pools: { api }, routes: [named, { pool: "api" }] }))).not.toContain("421");
});

describe("what clients say of their way", () => {
  const trustedProxies = { addresses: ["192.0.2.0/24"] };
  const says = (text: string, name: string): string | undefined =>
    RegExp(`proxy_set_header ${name} (.*);`).exec(text)?.[1];

  test("is not passed on", () => {
    const text = renderNginx(toBalancer({ pools: { api } }));
    expect(says(text, "X-Forwarded-For")).toBe("$remote_addr");
    for (const name of ["Forwarded", "X-Forwarded-Port", "X-Original-URL", "X-Client-Subject", "Proxy"])
      expect(says(text, name)).toBe('""');
  });

  test("is passed on for trusted proxies, and for nobody by the protocol of proxies", () => {
    const text = renderNginx(toBalancer({ pools: { api }, balancer: { trustedProxies } }));
    expect(says(text, "X-Forwarded-For")).toBe("$forwarded_for");
    expect(says(text, "Forwarded")).toBe("$told_forwarded");
    expect(text).toContain("map $is_trusted_proxy $forwarded_for {");
    const byProtocol = { ...trustedProxies, header: "proxy_protocol" };
    const other = renderNginx(toBalancer({ pools: { api }, balancer: { trustedProxies: byProtocol } }));
    expect(says(other, "X-Forwarded-For")).toBe("$remote_addr");
  });

  test("is passed on between pools", () => {
    const pools = { api, worker: { ...api, reachableFrom: ["api"] } };
    const text = renderNginx(toBalancer({ pools }, "worker-balancer"));
    expect(says(text, "X-Forwarded-For")).toBe("$proxy_add_x_forwarded_for");
    expect(says(text, "Forwarded")).toBeUndefined();
  });
});
