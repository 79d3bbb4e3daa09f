import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { ask } from "../../support/requests";
import { until } from "../../support/engine";
import type { Workspace } from "../../support/workspace";

/** Expects that an update finds nothing to do. */
export async function expectUnchanged(workspace: Workspace): Promise<void> {
  const { changes, text } = await workspace.deploy();
  expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
}

/** Waits until 20 requests in a row are answered with 200; gives the seconds until the first of them. */
export function awaitAnswers(url: string): Promise<number> {
  let good = 0;
  const startedAt = performance.now();
  let firstAt = startedAt;
  return until(
    `${url} answers`,
    async () => {
      const answer = await ask(url);
      if (typeof answer === "string" || answer.status !== 200) good = 0;
      else if ((good += 1) === 1) firstAt = performance.now();
      await wait(10);
      return good === 20;
    },
    120,
  ).then(() => (firstAt - startedAt) / 1000);
}

/** The same things in an order by chance. */
export function inRandomOrder<Thing>(things: Thing[]): Thing[] {
  return things
    .map((thing) => ({ thing, place: Math.random() }))
    .sort((left, right) => left.place - right.place)
    .map(({ thing }) => thing);
}
