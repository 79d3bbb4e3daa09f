import { describe, expect, test } from "vitest";
import { isListenedAt, listListeners, nameSocket } from "../../deploy/sockets";

test.each([
  ["127.0.0.1", 80, "0100007F:0050"],
  ["172.17.0.2", 3000, "020011AC:0BB8"],
  ["10.0.255.16", 65535, "10FF000A:FFFF"],
  ["192.168.100.1", 1, "0164A8C0:0001"],
])("the kernel writes %s and port %d as %s", (address, port, hex) => {
  expect(nameSocket(address, port)).toBe(hex);
});

const head =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode";
const line = (local: string, state = "0A"): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000`;

describe("what listens in a container", () => {
  test.each([
    ["everywhere", "00000000:0BB8", [{ port: 3000, isLocal: false }]],
    ["everywhere, IPv6 too", `${"0".repeat(32)}:0BB8`, [{ port: 3000, isLocal: false }]],
    ["at the address of a network", "020014AC:0BB8", [{ port: 3000, isLocal: false }]],
    ["at 127.0.0.1", "0100007F:0BB8", [{ port: 3000, isLocal: true }]],
    ["at ::1", `${"0".repeat(24)}01000000:0BB8`, [{ port: 3000, isLocal: true }]],
    ["at ::ffff:127.0.0.1", `${"0".repeat(16)}FFFF00000100007F:0BB8`, [{ port: 3000, isLocal: true }]],
    ["as the engine's own DNS", "0B00007F:D2A1", []],
  ])("is found %s", (_, local, expected) => {
    expect(listListeners(`${head}\n${line(local)}\n`)).toEqual(expected);
  });

  test("is not what is connected", () => {
    expect(listListeners(line("00000000:0BB8", "01"))).toEqual([]);
  });
});

test.each([
  ["everywhere", "127.0.0.1:3000", "00000000:0BB8", true],
  ["everywhere, IPv6 too", "127.0.0.1:3000", `${"0".repeat(32)}:0BB8`, true],
  ["at the same address", "127.0.0.1:3000", "0100007F:0BB8", true],
  ["at one of the addresses that are wanted", "0.0.0.0:3000", "0100007F:0BB8", true],
  ["at another address", "127.0.0.1:3000", "020011AC:0BB8", false],
  ["at another port", "0.0.0.0:3001", "00000000:0BB8", false],
])("what listens %s says whether %s is taken", (_, publish, local, expected) => {
  expect(isListenedAt(`${head}\n${line(local)}\n`, publish)).toBe(expected);
});
