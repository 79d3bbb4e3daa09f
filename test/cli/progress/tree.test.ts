import { expect, test } from "vitest";
import { describeEvent, describeInterrupt } from "../../../cli/progress/lines";
import { renderTree } from "../../../cli/progress/tree";
import { replay } from "./support";

/** The frame after so many seconds of a recorded update. */
function frameOf(log: string, seconds: number, { columns = 80, rows = 24 } = {}): string[] {
  const { board } = replay(log).findLast(({ at }) => at <= seconds * 1000) ?? {};
  if (board === undefined) throw new Error(`Nothing happens in the first ${seconds} s of ${log}.`);
  return renderTree(board, { head: `dev: up, ${seconds} s`, at: seconds * 1000, room: { columns, rows } });
}

test("a first deployment shows what is made, and then what serves", () => {
  expect(frameOf("first-up", 10)).toMatchInlineSnapshot(`
    [
      "dev: up, 10 s",
      "  app",
      "    made             2 volumes, 2 networks, 3 images",
      "    worker-1         serves, healthy after 0.3 s",
      "    worker-balancer  switched over",
      "    api-1            healthy after 0.3 s",
      "    balancer         switching over 0.0 s",
    ]
  `);
  expect(frameOf("first-up", 13)).toMatchInlineSnapshot(`
    [
      "dev: up, 13 s",
      "  app",
      "    made             2 volumes, 2 networks, 3 images",
      "    worker-1         serves, healthy after 0.3 s",
      "    worker-balancer  switched over",
      "    api-1            serves, healthy after 0.3 s",
      "    balancer         switched over",
    ]
  `);
});

test("an update shows the old replica beside the new one", () => {
  expect(frameOf("update", 4)).toMatchInlineSnapshot(`
    [
      "dev: up, 4 s",
      "  app",
      "    api-1      healthy after 0.3 s",
      "    balancer   switching over 0.0 s",
      "    unchanged  worker-1, worker-balancer",
    ]
  `);
  expect(frameOf("update", 6)).toMatchInlineSnapshot(`
    [
      "dev: up, 6 s",
      "  app",
      "    api-1      serves, healthy after 0.3 s; the old one draining 0.0 s",
      "    balancer   switched over",
      "    unchanged  worker-1, worker-balancer",
    ]
  `);
});

test("several replicas of a pool stand below it, in the order of their numbers", () => {
  expect(frameOf("scale", 5)).toMatchInlineSnapshot(`
    [
      "dev: up, 5 s",
      "  app",
      "    made       1 image",
      "    api        1 of 3 ready",
      "      api-1    starting 0.0 s",
      "      api-2    starting 0.0 s",
      "      api-3    healthy after 0.1 s",
      "    unchanged  worker-1, worker-balancer",
    ]
  `);
});

test("what fails says so", () => {
  expect(frameOf("unhealthy", 5)).toMatchInlineSnapshot(`
    [
      "dev: up, 5 s",
      "  app",
      "    api        0 of 3 ready",
      "      api-1    starting 0.0 s",
      "      api-2    starting 0.0 s",
      "      api-3    starting 0.0 s",
      "    unchanged  worker-1, worker-balancer",
    ]
  `);
  expect(frameOf("unhealthy", 14)).toMatchInlineSnapshot(`
    [
      "dev: up, 14 s",
      "  app",
      "    api        0 of 3 ready",
      "      api-1    failed",
      "      api-2    failed",
      "      api-3    failed",
      "    unchanged  worker-1, worker-balancer",
    ]
  `);
});

test("a terminal with few lines shows what is under way, and counts the rest", () => {
  expect(frameOf("scale", 5, { columns: 60, rows: 4 })).toMatchInlineSnapshot(`
    [
      "dev: up, 5 s",
      "  app",
      "    api               1 of 3 ready",
      "  … and 2 more lines",
    ]
  `);
  expect(frameOf("rolling", 11, { columns: 40, rows: 5 })).toMatchInlineSnapshot(`
    [
      "dev: up, 11 s",
      "  app",
      "    api      2 of 3 ready",
      "      api-3  the old one draining 0.0 s",
    ]
  `);
  for (const line of frameOf("scale", 7, { columns: 40, rows: 9 }))
    expect(line.length).toBeLessThanOrEqual(40);
});

/** The lines of a recorded update for those who see no more than lines. */
function linesOf(log: string): string[] {
  return replay(log).flatMap(({ event, board }) => describeEvent(event, board) ?? []);
}

test("a log has a line for each change of state", () => {
  expect(linesOf("update")).toMatchInlineSnapshot(`
    [
      "api-1: starting",
      "api-1: healthy after 0.3 s",
      "balancer: switched over",
      "api-1: serves, healthy after 0.3 s",
      "api-1: the old one draining",
      "api-1: the old one drained in 1.0 s",
      "api-1: the old one gone",
    ]
  `);
  expect(linesOf("scale-down")).toMatchInlineSnapshot(`
    [
      "api-1: starting",
      "api-1: healthy after 0.3 s",
      "balancer: switched over",
      "api-1: serves, healthy after 0.3 s",
      "api-1: the old one draining",
      "api-2: draining",
      "api-3: draining",
      "api-1: the old one drained in 0.0 s",
      "api-2: drained in 0.0 s",
      "api-3: drained in 0.0 s",
      "api-3: gone",
      "api-1: the old one gone",
      "api-2: gone",
    ]
  `);
  expect(linesOf("first-up")).toMatchInlineSnapshot(`
    [
      "image of worker: made",
      "image of balancer: made",
      "image of api: made",
      "worker-1: starting",
      "worker-1: healthy after 0.3 s",
      "worker-balancer: made",
      "worker-balancer: switched over",
      "worker-1: serves, healthy after 0.3 s",
      "api-1: starting",
      "api-1: healthy after 0.3 s",
      "balancer: made",
      "balancer: switched over",
      "api-1: serves, healthy after 0.3 s",
    ]
  `);
});

test("one that is interrupted says what it waits for", () => {
  const { board } = replay("unhealthy").findLast(({ at }) => at <= 5_000) ?? { board: undefined };
  expect(board && describeInterrupt(board, 12_000)).toMatchInlineSnapshot(
    `
    [
      "interrupted; Ctrl-C again ends at once, and leaves things half done",
      "waits for api-1 (starting 7.0 s), api-2 (starting 7.0 s), api-3 (starting 7.0 s)",
    ]
  `,
  );
});
