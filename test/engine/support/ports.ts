import { createServer } from "node:net";

/** Where tests publish; several runs on one machine have a range each. */
const [first = 18_100, last = 18_199] = (process.env.FLOTILLA_TEST_PORTS ?? "")
  .split("-")
  .flatMap((text) => (text === "" ? [] : [Number(text)]));

/** Test files that run at the same time have a part of the range each: a port that is found is not taken at once. */
const parts = 4;
const part = Number(process.env.VITEST_POOL_ID ?? 0) % parts;

/** A port that nothing listens on, another one at each call. */
export const findFreePort = makeFinder(first, last, "0.0.0.0");

/** A port of 127.0.0.1 that nothing listens on, for what stands in for a registry or an engine. */
export const findLocalPort = makeFinder(18_200, 18_249, "127.0.0.1");

function makeFinder(start: number, end: number, address: string): () => Promise<number> {
  const size = Math.floor((end - start + 1) / parts);
  const [from, to] = [start + part * size, start + (part + 1) * size - 1];
  let next = from + (process.pid % (to - from + 1));
  return async () => {
    for (let tried = from; tried <= to; tried++) {
      const port = next;
      next = next === to ? from : next + 1;
      if (await isFree(port, address)) return port;
    }
    throw new Error(`All ports from ${from} to ${to} are taken.`);
  };
}

function isFree(port: number, address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, address, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
