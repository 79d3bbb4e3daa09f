import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { waitUntilIdleSh } from "../../deploy/texts";
import { composeShell } from "../../engine/shell";

const client = "0110A8C0:BBA0";
const [replica, other, second] = ["0210A8C0:0BB8", "0310A8C0:0BB8", "0510A8C0:0BB8"] as const;
const listener = { local: "00000000:0050", remote: "00000000:0000", state: "0A" };

/** A line of the kernel's table. */
interface Connection {
  socket: number;
  remote: string | undefined;
  local?: string;
  state?: string;
  /** What is timed: 02 keeps a stream's connection alive. */
  timer?: string;
}

const fromClient = (socket: number): Connection => ({ socket, remote: client, local: "0410A8C0:0050" });
const request = (socket: number, remote: string = replica): Connection => ({ socket, remote });
const stream = (socket: number, remote: string = replica): Connection => ({ socket, remote, timer: "02" });

/** Waits as in a balancer whose worker of before holds so many of the sockets; what is left after two seconds at most, for each of the peers. */
function waitForPeers(
  peers: string[],
  connections: Connection[],
  held: number[],
  streamSeconds = 0,
): string[] {
  const proc = mkdtempSync(join(tmpdir(), "flotilla-proc-"));
  const worker = (id: number, title: string, sockets: number[]): void => {
    mkdirSync(join(proc, `${id}/fd`), { recursive: true });
    writeFileSync(join(proc, `${id}/cmdline`), `${title}\0`);
    for (const socket of sockets) symlinkSync(`socket:[${socket}]`, join(proc, `${id}/fd/${socket}`));
  };
  try {
    const all = connections.map(({ socket }) => socket);
    worker(7, "nginx: worker process is shutting down", held);
    worker(
      8,
      "nginx: worker process",
      all.filter((socket) => !held.includes(socket)),
    );
    mkdirSync(join(proc, "net"));
    const lines = [{ ...listener, socket: 1, timer: "00" }, ...connections].map(
      ({ socket, remote = "", local = "0410A8C0:A5F0", state = "01", timer = "00" }) =>
        `  0: ${local} ${remote} ${state} 00000000:00000000 ${timer}:00000000 00000000  101  0 ${socket} 1 0`,
    );
    writeFileSync(join(proc, "net/tcp"), `  sl  local_address rem_address st\n${lines.join("\n")}\n`);
    const values = { proc, peers: peers.join(" "), drain_seconds: 2, stream_seconds: streamSeconds };
    const output = execFileSync("sh", ["-e", "-s"], {
      input: composeShell(values, waitUntilIdleSh),
      encoding: "utf8",
    });
    return output.trim().split("\n").sort();
  } finally {
    rmSync(proc, { recursive: true, force: true });
  }
}

/** The same for the one replica. */
function waitUntilIdle(connections: Connection[], held: number[], streamSeconds = 0): string {
  const lines = waitForPeers([replica], connections, held, streamSeconds);
  return lines.join("\n").replace(`${replica} `, "");
}

const soon = /^[01] /;
const late = /^[23] /;

test.each([
  ["nothing is open", [], [], "0 0 0", soon],
  ["a new worker has clients alone", [fromClient(10), fromClient(11)], [], "0 0 0", soon],
  ["a request is under way", [fromClient(10), request(11)], [10, 11], "1 0 1", late],
  ["a new worker has a request under way", [fromClient(10), request(11)], [], "1 0 0", late],
  ["a client of before sends a body, or nothing yet", [fromClient(10)], [10], "0 0 1", late],
  ["a stream goes on", [fromClient(10), stream(11)], [10, 11], "0 1 0", soon],
  ["another pool's stream goes on", [fromClient(10), stream(11, other)], [10, 11], "0 0 0", soon],
  [
    "another pool's request goes on, whose client may ask for something else",
    [fromClient(10), request(11, other)],
    [10, 11],
    "0 0 1",
    late,
  ],
  [
    "a client of before may ask beside a stream",
    [fromClient(10), stream(11), fromClient(12)],
    [10, 11, 12],
    "0 1 1",
    late,
  ],
])("when %s", (_, connections, held, left, when) => {
  const output = waitUntilIdle(connections, held);
  expect(output).toMatch(when);
  expect(output.replace(/^\d+ /, "")).toBe(left);
});

test("each of two replicas has its own numbers", () => {
  const clients = [10, 11, 12].map(fromClient);
  const asked = [request(20), request(21), stream(22, second), request(23, other)];
  const lines = waitForPeers([replica, second], [...clients, ...asked], [10, 11, 12, 20, 21, 22, 23]);
  expect(lines.map((line) => line.replace(/ [23] /, " late "))).toEqual([
    `${replica} late 2 0 2`,
    `${second} late 0 1 2`,
  ]);
});

test("a replica on which nothing is under way waits for the other", () => {
  const lines = waitForPeers([replica, second], [fromClient(10), request(11, second)], []);
  expect(lines.map((line) => line.replace(/ [23] /, " late "))).toEqual([
    `${replica} late 0 0 0`,
    `${second} late 1 0 0`,
  ]);
});

test("two replicas on which nothing is under way are there at once", () => {
  const lines = waitForPeers([replica, second], [fromClient(10), request(11, other)], []);
  expect(lines.map((line) => line.replace(/ [01] /, " soon "))).toEqual([
    `${replica} soon 0 0 0`,
    `${second} soon 0 0 0`,
  ]);
});

test("a stream has its time", () => {
  expect(waitUntilIdle([fromClient(10), stream(11)], [10, 11], 1)).toMatch(/^[12] 0 1 0$/);
});
