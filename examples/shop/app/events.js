import { listeners } from "./figures.js";
import { instance } from "./instance.js";

const channel = "shop-events";

/** Passes events to the browsers of every replica: each one subscribes to what any of them publishes. */
export async function createEvents(redis) {
  const streams = new Set();
  listeners.collect = () => listeners.set(streams.size);
  const subscriber = await redis.duplicate().connect();
  await subscriber.subscribe(channel, (text) => {
    for (const stream of streams) stream.write(`data: ${text}\n\n`);
  });
  return {
    publish: (event) => redis.publish(channel, JSON.stringify({ ...event, from: instance })),
    open: (request, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-cache" });
      const hello = { instance, http: request.httpVersion, connection: request.headers.connection ?? null };
      response.write(`retry: 500\nevent: hello\ndata: ${JSON.stringify(hello)}\n\n`);
      streams.add(response);
      response.on("close", () => streams.delete(response));
    },
    close: () => {
      for (const stream of streams) stream.end();
      subscriber.destroy();
    },
  };
}
