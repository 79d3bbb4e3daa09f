import { z } from "zod";
import { closed, type Fields, phrase, text } from "../../arguments/schema-parts";
import type { TrustedProxiesArgs } from "../../types";
import { isNetwork } from "./access";

/** Networks of well-known proxies, as their owners published them on 2026-11-27. */
const published: Partial<Record<string, string[]>> = {
  cloudflare: [
    ...["173.245.48.0/20", "103.21.244.0/22", "103.22.200.0/22", "103.31.4.0/22", "141.101.64.0/18"],
    ...["108.162.192.0/18", "190.93.240.0/20", "188.114.96.0/20", "197.234.240.0/22", "198.41.128.0/17"],
    ...["162.158.0.0/15", "104.16.0.0/13", "104.24.0.0/14", "172.64.0.0/13", "131.0.72.0/22"],
    ...["2400:cb00::/32", "2606:4700::/32", "2803:f800::/32", "2405:b500::/32", "2405:8100::/32"],
    ...["2a06:98c0::/29", "2c0f:f248::/32"],
  ],
  fastly: [
    ...["23.235.32.0/20", "43.249.72.0/22", "103.244.50.0/24", "103.245.222.0/23", "103.245.224.0/24"],
    ...["104.156.80.0/20", "140.248.64.0/18", "140.248.128.0/17", "146.75.0.0/17", "151.101.0.0/16"],
    ...["157.52.64.0/18", "167.82.0.0/17", "167.82.128.0/20", "167.82.160.0/20", "167.82.224.0/20"],
    ...["172.111.64.0/18", "185.31.16.0/22", "199.27.72.0/21", "199.232.0.0/16"],
    ...["2a04:4e40::/32", "2a04:4e42::/32"],
  ],
};

const proxy = text(
  `be an address, a network, or ${Object.keys(published).join(" or ")}`,
  (value) => published[value] !== undefined || isNetwork(value),
  "Write it like 10.1.2.3 or 10.0.0.0/8.",
);

/** Proxies in front of the balancer that say who the client is. */
export const trustedProxies = closed(
  {
    addresses: z
      .array(proxy, phrase("be a list of addresses and networks"))
      .min(1, phrase("hold one address or network at least"))
      .transform((names) => names.flatMap((name) => published[name] ?? [name])),
    header: text("be the name of a header, or proxy_protocol", /^[A-Za-z0-9_-]+$/).default("X-Forwarded-For"),
  } satisfies Fields<TrustedProxiesArgs>,
  "be an object with addresses",
);
