import { expect, test } from "vitest";
import { toHex } from "../../deploy/drain";

const cases: [address: string, port: number, hex: string][] = [
  ["127.0.0.1", 80, "0100007F:0050"],
  ["172.17.0.2", 3000, "020011AC:0BB8"],
  ["10.0.255.16", 65535, "10FF000A:FFFF"],
  ["192.168.100.1", 1, "0164A8C0:0001"],
];

test.each(cases)("the kernel writes %s and port %d as %s", (address, port, hex) => {
  expect(toHex(address, port)).toBe(hex);
});
