import { setTimeout as wait } from "node:timers/promises";
import { parseArgs } from "node:util";
import { metricsPort } from "../../nginx/places";
import { type RunningBalancer, startBalancer } from "../engine/balancer/support/balancer";
import { docker } from "../engine/support/engine";
import { concludeRatios, readCount, readCpuSeconds, send } from "./support/measure";

const goal = 1.02;

/** Asks for the figures again and again, as Prometheus does, until it is told to stop; gives how often. */
function scrape(address: string, seconds: number): () => Promise<number> {
  const stopping = new AbortController();
  const asking = (async () => {
    let times = 0;
    while (!stopping.signal.aborted) {
      const answer = await fetch(address);
      if (!answer.ok || (await answer.text()) === "") throw new Error(`${address} answers ${answer.status}.`);
      times += 1;
      await wait(seconds * 1000, undefined, { signal: stopping.signal }).catch(() => undefined);
    }
    return times;
  })();
  return () => {
    stopping.abort();
    return asking;
  };
}

async function addressOf(container: string): Promise<string> {
  const format = "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}";
  return `http://${await docker("inspect", format, container)}:${metricsPort}/metrics`;
}

/** CPU seconds of the balancer for 10,000 requests. */
async function measure(balancer: RunningBalancer, requests: number): Promise<number> {
  const before = await readCpuSeconds(balancer.container);
  await send({ container: balancer.container, client: balancer }, requests);
  return (((await readCpuSeconds(balancer.container)) - before) * 10_000) / requests;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      rounds: { type: "string", default: "10" },
      requests: { type: "string", default: "30000" },
      seconds: { type: "string", default: "10" },
    },
  });
  const rounds = readCount("--rounds", values.rounds);
  const requests = readCount("--requests", values.requests);
  const seconds = readCount("--seconds", values.seconds);
  const balancer = await startBalancer({
    args: {
      pools: { api: { image: "node:24-slim", port: 3001, replicas: 3 } },
      balancer: { rate: { perSecond: 100_000, burst: 200 }, connectionsPerAddress: 1000 },
    },
  });
  try {
    const address = await addressOf(balancer.container);
    await measure(balancer, 2000);
    const ratios: number[] = [];
    console.log(
      `CPU seconds of the balancer per 10,000 requests, its figures asked for every ${seconds} s, or not`,
    );
    console.log("round     asked not asked    ratio    times");
    for (let round = 1; round <= rounds; round++) {
      let times = 0;
      const asked = async (): Promise<number> => {
        const stop = scrape(address, seconds);
        const used = await measure(balancer, requests);
        times = await stop();
        return used;
      };
      const alone = (): Promise<number> => measure(balancer, requests);
      // Each goes first in every other round.
      const [first, second] = round % 2 === 1 ? [asked, alone] : [alone, asked];
      const measured = [await first(), await second()];
      const [withQuestions = 0, without = 0] = round % 2 === 1 ? measured : measured.toReversed();
      ratios.push(withQuestions / without);
      const cells = [withQuestions, without, withQuestions / without].map((cell) =>
        cell.toFixed(3).padStart(9),
      );
      console.log(`${String(round).padStart(5)} ${cells.join("")}${String(times).padStart(9)}`);
    }
    concludeRatios(ratios, goal);
  } finally {
    await balancer.stop();
  }
}

void main();
