import { describe, expect, test } from "vitest";
import { describeListeners } from "../../deploy/silence";
import { listListeners } from "../../deploy/sockets";

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

describe("why nobody reaches a port", () => {
  test.each([
    ["local", [{ port: 3000, isLocal: true }], "listens on port 3000 of 127.0.0.1 alone"],
    [
      "elsewhere",
      [
        { port: 8080, isLocal: false },
        { port: 4000, isLocal: false },
      ],
      "listens on port 4000, 8080, and not on 3000. Set the pool's port",
    ],
    ["nowhere", [], "listens on no port. Have it listen on port 3000"],
  ])("is said of one that listens %s", (_, listeners, expected) => {
    expect(describeListeners(listeners, 3000)).toContain(expected);
  });
});
