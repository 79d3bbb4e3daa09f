import { describe, expect, test } from "vitest";
import { addressRoutes, findOwnAddress, hostOf, isNearby, refusePublic } from "../../../cli/load/address";
import { connect } from "../../../engine/client";
import { makePart, shop } from "../../support/parts";

const balancer = (...published: { address: string; port: number; inside: string }[]) => [
  makePart({ title: "balancer", role: "balancer", published }),
];

test.each([
  [undefined, "localhost"],
  ["unix:///var/run/docker.sock", "localhost"],
  ["ssh://deploy@shop.example.com", "shop.example.com"],
  ["tcp://10.0.0.5:2376", "10.0.0.5"],
])("the host of the engine %s is %s", (engine, host) => {
  expect(hostOf(engine)).toBe(host);
});

describe("the address of a stack", () => {
  test("is its balancer's port, at the host of the engine", () => {
    expect(findOwnAddress(shop, undefined)).toBe("http://localhost:8080");
    expect(findOwnAddress(shop, "ssh://deploy@shop.example.com")).toBe("http://shop.example.com:8080");
  });

  test("is by TLS where it has that, and at the address that it is bound to", () => {
    const plain = { address: "0.0.0.0", port: 80, inside: "80/tcp" };
    expect(findOwnAddress(balancer(plain, { ...plain, port: 8443, inside: "443/tcp" }), undefined)).toBe(
      "https://localhost:8443",
    );
    expect(findOwnAddress(balancer({ ...plain, address: "10.1.2.3" }), "ssh://host")).toBe(
      "http://10.1.2.3:80",
    );
    expect(findOwnAddress(balancer({ ...plain, address: "::1" }), undefined)).toBe("http://[::1]:80");
  });

  test("is missing where nothing is published", () => {
    expect(() => findOwnAddress(balancer(), undefined)).toThrow(
      "No balancer of the stack that runs has a port on its host. Name an address by --url, such as --url http://10.0.0.5:8080/.",
    );
  });
});

test.each([
  ["127.0.0.1", true],
  ["10.255.0.1", true],
  ["172.16.0.1", true],
  ["172.32.0.1", false],
  ["192.168.1.1", true],
  ["169.254.169.254", true],
  ["8.8.8.8", false],
  ["::1", true],
  ["fd00::1", true],
  ["fe80::1", true],
  ["2001:4860:4860::8888", false],
])("%s is nearby: %s", (ip, expected) => {
  expect(isNearby(ip)).toBe(expected);
});

const route = (target: string) => ({ method: "GET", target, weight: 1 });

describe("addresses of others", () => {
  const known: Record<string, string[]> = {
    "shop.internal": ["10.0.0.9"],
    "example.com": ["10.0.0.1", "93.184.216.34"],
  };
  const resolve = (host: string) =>
    known[host] ? Promise.resolve(known[host]) : Promise.reject(new Error("no"));

  test("are refused, all at once, also where only one of their addresses is public", async () => {
    const routes = ["http://shop.internal/", "https://example.com/", "http://8.8.8.8/", "http://nobody/"].map(
      route,
    );
    await expect(refusePublic(routes, "localhost", resolve)).rejects.toThrow(
      [
        "--url must be of this machine, of a private network or of the stack's engine, got example.com (93.184.216.34). Where it is yours to load, add --allow-public.",
        "--url must be of this machine, of a private network or of the stack's engine, got 8.8.8.8. Where it is yours to load, add --allow-public.",
        "--url names the host nobody, which nobody knows.",
      ].join("\n"),
    );
  });

  test("are allowed where that is the engine's", async () => {
    await expect(refusePublic([route("http://8.8.8.8:8080/")], "8.8.8.8", resolve)).resolves.toBeUndefined();
  });

  test("are allowed where the user says so", async () => {
    const stack = { engine: connect(), parts: shop };
    await expect(addressRoutes([route("http://8.8.8.8/")], stack)).rejects.toThrow("add --allow-public");
    await expect(addressRoutes([route("http://8.8.8.8/"), route("/a")], stack, true)).resolves.toEqual({
      routes: [route("http://8.8.8.8/"), route("http://localhost:8080/a")],
      isOwn: false,
    });
  });
});
