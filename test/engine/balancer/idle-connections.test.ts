import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { countStatuses, createClient } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { inWords } from "../support/counts";

// Each pool has connections of its own to the same application, so that many pauses are tried at a time.
const pools = Array.from({ length: 12 }, (_, index) => `p${index}`);
const clientsOfPool = 40;
const rounds = 12;
const balancer = useBalancer({
  args: {
    pools: Object.fromEntries(pools.map((pool) => [pool, workbench({ port: 3002 })])),
    routes: pools.map((pool) => ({ path: `/${pool}`, pool })),
  },
});

/** Milliseconds of rest before a round; Node closes an idle connection after five seconds, newer ones after six. */
function restBefore(round: number, place: number): number {
  const step = round * pools.length + place;
  return (step % 2 === 0 ? 4960 : 5960) + (step % 50);
}

proof(
  "POSTs after a rest as long as an application with Node's own time-outs keeps a connection are answered",
  async () => {
    const answers = await Promise.all(
      pools.map(async (pool, place) => {
        const client = createClient(balancer().port);
        const question = { path: `/${pool}`, method: "POST", body: "order=1" };
        const statuses = [];
        for (let round = 0; round < rounds; round += 1) {
          statuses.push(...(await client.askMany(clientsOfPool, question, clientsOfPool)));
          await wait(restBefore(round, place));
        }
        client.forget();
        return statuses;
      }),
    );
    const statuses = countStatuses(answers.flat());
    expect(statuses).toEqual({ "200": pools.length * clientsOfPool * rounds });
    return `${rounds} rounds of POSTs at once, 5 to 6 s apart: ${inWords(statuses)}`;
  },
  120,
);
