import { isIP } from "node:net";
import { z } from "zod";
import { closed, type Fields, listOf, phrase, text } from "../../arguments/schema-parts";
import type { AccessArgs } from "../../types";

/** Whether a text is an address, or a network like 10.0.0.0/8. */
export function isNetwork(value: string): boolean {
  const [, address = "", , bits] = /^([^/]+)(\/(\d{1,3}))?$/.exec(value) ?? [];
  const version = isIP(address);
  return version !== 0 && Number(bits ?? 0) <= (version === 4 ? 32 : 128);
}

const network = text("be an address or a network", isNetwork, "Write it like 10.1.2.3 or 10.0.0.0/8.");

/** Addresses and networks. */
export const networks = z
  .array(network, phrase("be a list of addresses and networks"))
  .min(1, phrase("hold one address or network at least"));

/** Addresses and networks of clients. */
export const clientNetworks = listOf(network, "be a list of addresses and networks, one at least");

/** Which client addresses may ask. */
export const access = closed(
  { allow: clientNetworks.default([]), deny: clientNetworks.default([]) } satisfies Fields<AccessArgs>,
  "be an object with allow, deny or both",
);
