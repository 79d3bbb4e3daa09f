import { expect, test } from "vitest";
import { describeFaults, minimalPool, parseService } from "../../../support/service";

const read = (addresses: string[]) =>
  parseService({ pools: { api: minimalPool }, balancer: { trustedProxies: { addresses } } }).balancer
    .trustedProxies?.addresses;

test("the names of well-known proxies stand for their networks, beside others", () => {
  expect(read(["10.0.0.0/8", "cloudflare"])).toEqual(
    expect.arrayContaining(["10.0.0.0/8", "104.16.0.0/13", "2606:4700::/32"]),
  );
  expect(read(["fastly"])).toContain("151.101.0.0/16");
});

test("another name is refused", () => {
  expect(
    describeFaults({ pools: { api: minimalPool }, balancer: { trustedProxies: { addresses: ["akamai"] } } }),
  ).toEqual([
    'balancer.trustedProxies.addresses[0] must be an address, a network, or cloudflare or fastly, got "akamai". Write it like 10.1.2.3 or 10.0.0.0/8.',
  ]);
});
