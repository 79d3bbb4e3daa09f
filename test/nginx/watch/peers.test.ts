import { expect, test } from "vitest";
import { findAddresses } from "../../../nginx/watch/peers";
import { addCounters, addHourOf } from "../../../nginx/watch/together";
import type { ReplicaStatus } from "../../../nginx/watch/status";

const head =
  "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
const row = (local: string, state = "0A"): string =>
  `   0: ${local} 00000000:0000 ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 0\n`;

test("the others that share a network are those that listen at the control port", () => {
  const table = [
    head,
    ...["0100007F:1FA5", "0700007F:1FA5", "FA00007F:1FA5", "FA00007F:1FA5"].map((local) => row(local)),
    // Another port, another network, and a connection.
    ...[row("0800007F:1FA6"), row("0900000A:1FA5"), row("0A00007F:1FA5", "01")],
  ];
  expect(findAddresses(table.join(""))).toEqual(["127.0.0.1", "127.0.0.7", "127.0.0.250"]);
});

test("counts of several balancers add up, also of a replica that only one has counted", () => {
  const sums = addCounters([
    {
      counts: [
        ["requests\tapi", 3],
        ["errors\tapi", 1],
      ],
    },
    { counts: [["requests\tapi", 4]] },
  ]);
  expect([...sums]).toEqual([
    ["requests\tapi", 7],
    ["errors\tapi", 1],
  ]);
});

test("the hours of a replica add up minute by minute, also where one balancer does not know it yet", () => {
  const hour = (requests: number) => Array.from({ length: 60 }, () => ({ requests, errors: 1 }));
  const replicas = [{ replica: "api-1" }, { replica: "api-2" }] as ReplicaStatus[];
  const [first, second] = addHourOf(replicas, [{ hours: [hour(2), hour(1)] }, { hours: [hour(3)] }]);
  expect(first?.hour[59]).toEqual({ requests: 5, errors: 2 });
  expect(second?.hour[0]).toEqual({ requests: 1, errors: 1 });
});
