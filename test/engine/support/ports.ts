import { createServer } from "node:net";

/** Where tests publish; several runs on one machine have a range each. */
const [first = 18_100, last = 18_199] = (process.env.FLOTILLA_TEST_PORTS ?? "")
  .split("-")
  .flatMap((text) => (text === "" ? [] : [Number(text)]));
let next = first + (process.pid % (last - first + 1));

/** A port that nothing listens on, another one at each call. */
export async function findFreePort(): Promise<number> {
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
    server.listen(port, "0.0.0.0", () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}
