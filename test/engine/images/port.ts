import { createServer } from "node:net";

const first = 18_200;
const last = 18_249;
let next = first + (process.pid % (last - first + 1));

/** A port of 127.0.0.1 that nothing listens on, for what stands in for a registry or an engine. */
export async function findPort(): Promise<number> {
  for (let tried = first; tried <= last; tried++) {
    const port = next;
    next = next === last ? first : next + 1;
    if (await isFree(port)) return port;
  }
  throw new Error(`All ports from ${first} to ${last} are taken.`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => {
      resolve(false);
    });
    server.listen(port, "127.0.0.1", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
