import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { maskFrame, openWebSocket } from "../../apps/raw-web-socket";
import { until } from "../support/engine";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { openStream } from "./support/streams";

const impatient = workbench({ replicas: 3, balancing: { timeouts: { readSeconds: 2 } } });
const balancer = useBalancer({
  args: {
    pools: { api: impatient, chat: { ...impatient, port: 3000 } },
    routes: [
      { path: "/", pool: "api" },
      { path: "/events", pool: "api", stream: {} },
      { path: "/events-short", pool: "api", stream: { silentSeconds: 1 } },
      { path: "/events-plain", pool: "api" },
      { path: "/ws", pool: "chat", stream: {} },
    ],
  },
});

function urlOf(path: string): string {
  return `http://127.0.0.1:${balancer().port}${path}`;
}

async function tellAll(text: string): Promise<void> {
  await Promise.all(balancer().replicas.map((replica) => replica.order("tell", text)));
}

proof("an event stream is not held back, has no chunks of the balancer's, and may be silent", async () => {
  const stream = await openStream(urlOf("/events?unframed"), { "Accept-Encoding": "gzip" });
  expect(stream.headers["content-type"]).toBe("text/event-stream");
  expect(stream.headers["transfer-encoding"]).toBeUndefined();
  expect(stream.headers["content-encoding"]).toBeUndefined();
  await stream.waitFor("hello from");
  const first = stream.beganAfter() ?? 0;
  await tellAll("second");
  await stream.waitFor("data: second\n\n");
  await wait(4000);
  expect(stream.endedAfter()).toBeUndefined();
  await tellAll("after silence");
  await stream.waitFor("data: after silence\n\n");
  stream.close();
  return `first event after ${(first * 1000).toFixed(0)} ms, open after 4 s of silence, twice the pool's readSeconds`;
});

proof("without stream, events are held back, come in chunks, and silence ends them", async () => {
  const stream = await openStream(urlOf("/events-plain?unframed"));
  expect(stream.headers["transfer-encoding"]).toBe("chunked");
  await wait(1000);
  expect(stream.text()).toBe("");
  await until("silence ends the plain stream", () => stream.endedAfter() !== undefined, 10);
  const short = await openStream(urlOf("/events-short"));
  await until("silence ends the short stream", () => short.endedAfter() !== undefined, 10);
  expect(short.endedAfter()).toBeLessThan(stream.endedAfter() ?? 0);
  const [plainSeconds, shortSeconds] = [stream, short].map((each) => (each.endedAfter() ?? 0).toFixed(1));
  return `ended after ${plainSeconds ?? ""} s of silence, with silentSeconds 1 after ${shortSeconds ?? ""} s`;
});

proof("ten event streams stay with their replica while others come and go", async () => {
  const streams = await Promise.all(Array.from({ length: 10 }, () => openStream(urlOf("/events"))));
  await Promise.all(streams.map((stream) => stream.waitFor("hello from")));
  const homes = streams.map((stream) => /hello from (\d)/.exec(stream.text())?.[1] ?? "");
  await balancer().askMany(300, "/");
  await Promise.all(
    balancer().replicas.map((replica) => replica.order("tell", `from ${replica.instance} again`)),
  );
  await Promise.all(
    streams.map((stream, index) => stream.waitFor(`data: from ${homes[index] ?? ""} again\n\n`)),
  );
  for (const [index, stream] of streams.entries())
    expect(stream.text().match(/from \d/g)).toEqual([
      `from ${homes[index] ?? ""}`,
      `from ${homes[index] ?? ""}`,
    ]);
  for (const stream of streams) stream.close();
  expect(new Set(homes).size).toBe(3);
  return `replicas ${homes.join(" ")}`;
});

proof("a WebSocket carries frames both ways, and outlives silence on a stream's route", async () => {
  const socket = await openWebSocket(balancer().port, "/ws");
  const sayAndHear = async (text: string) => {
    socket.write(maskFrame(0x81, Buffer.from(text)));
    const { first, payload } = await socket.readFrame();
    expect(first).toBe(0x81);
    expect(payload.toString()).toBe(text);
  };
  await sayAndHear("ahoy");
  await wait(3000);
  await sayAndHear("still there");
  return "two frames there and back, 3 s apart, pool's readSeconds 2";
});
