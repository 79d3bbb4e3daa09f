import { describe, expect, test } from "vitest";
import { beginHealth, isUrgent, judge, type Answer, type Health } from "../../../nginx/watch/health";
import { parseReplicas } from "../../../nginx/watch/replicas";

const address = "172.18.0.3:3000";
const ok: Answer = { kind: "status", status: 204 };
const sick: Answer = { kind: "status", status: 503 };
const silent: Answer = { kind: "silent" };
const refused: Answer = { kind: "refused" };

/** A replica's health after answers, one second apart. */
function after(...answers: Answer[]): Health {
  return answers.reduce(
    (health, answer, i) => judge(health, answer, { strikes: 3, address, now: 1000 * (i + 1) }),
    beginHealth(0, false, address),
  );
}

describe("a replica", () => {
  test("is neither in nor out before it was asked", () => {
    expect(after()).toMatchObject({ state: "unknown", strikes: 0 });
  });

  test("is healthy after one good answer", () => {
    expect(after(ok)).toMatchObject({ state: "healthy", since: 1000, answer: "204" });
    expect(after({ kind: "status", status: 302 }).state).toBe("healthy");
  });

  test("is out after three strikes in a row, not after three in all", () => {
    expect(after(ok, sick, silent)).toMatchObject({ state: "healthy", strikes: 2 });
    expect(after(ok, sick, silent, sick)).toMatchObject({ state: "out", strikes: 3, since: 4000 });
    expect(after(ok, sick, sick, ok, sick, sick).state).toBe("healthy");
  });

  test("is out at once when nothing listens there", () => {
    expect(after(ok, refused)).toMatchObject({ state: "out", answer: "refused" });
  });

  test("is out until it is healthy, not until it listens", () => {
    expect(after(ok, refused, sick)).toMatchObject({ state: "out", since: 2000 });
    expect(after(ok, refused, sick, ok)).toMatchObject({ state: "healthy", strikes: 0 });
  });

  test("is out after one failure when it is back at another address", () => {
    const health = judge(after(ok), sick, { strikes: 3, address: "172.18.0.9:3000", now: 9000 });
    expect(health.state).toBe("out");
  });
});

describe("a question", () => {
  const question = { address, now: 5000, intervalSeconds: 10 };

  test("waits for its turn while all is well, and after a strike", () => {
    expect(isUrgent(after(ok), question)).toBe(false);
    expect(isUrgent(after(ok, sick), question)).toBe(false);
    expect(isUrgent(after(sick, sick, sick), question)).toBe(false);
  });

  test("does not wait for one that is new, has moved, refuses, or was forgotten", () => {
    expect(isUrgent(after(), question)).toBe(true);
    expect(isUrgent(after(ok), { ...question, address: "172.18.0.9:3000" })).toBe(true);
    expect(isUrgent(after(ok, refused), question)).toBe(true);
    expect(isUrgent(after(ok), { ...question, now: 13_000 })).toBe(true);
  });
});

test("the list of replicas names pool, title, container and address", () => {
  expect(parseReplicas("api api-1 app-api-1-x 3000 172.18.0.3\nweb web-1 app-web-1-y 8080 -\n")).toEqual([
    { upstream: "api", title: "api-1", name: "app-api-1-x:3000", address },
    { upstream: "web", title: "web-1", name: "app-web-1-y:8080", address: "" },
  ]);
});
