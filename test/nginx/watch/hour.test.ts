import { describe, expect, test } from "vitest";
import { addHours, keepMinute, readHour } from "../../../nginx/watch/hour";

/** Looks at growing counters, a minute apart unless a minute is given. */
function look(looks: { at: number; requests: number; errors?: number }[]): string | undefined {
  return looks.reduce<string | undefined>(
    (kept, { at, requests, errors = 0 }) => keepMinute(kept, at, { requests, errors }),
    undefined,
  );
}

describe("the last hour of a replica", () => {
  test("holds what each minute added to its counters", () => {
    const hour = readHour(
      look([
        { at: 100, requests: 1000, errors: 7 },
        { at: 101, requests: 1060, errors: 7 },
        { at: 102, requests: 1090, errors: 9 },
      ]),
    );
    expect(hour).toHaveLength(60);
    expect(hour.slice(-3)).toEqual([
      { requests: 0, errors: 0 },
      { requests: 60, errors: 0 },
      { requests: 30, errors: 2 },
    ]);
  });

  test("is not longer than an hour", () => {
    const looks = Array.from({ length: 100 }, (_, at) => ({ at, requests: at * at }));
    expect(readHour(look(looks)).map(({ requests }) => requests)).toEqual(
      Array.from({ length: 60 }, (_, at) => (at + 40) ** 2 - (at + 39) ** 2),
    );
  });

  test("has nothing in minutes in which nobody looked", () => {
    const looks = [
      { at: 10, requests: 0 },
      { at: 11, requests: 5 },
      { at: 14, requests: 9 },
    ];
    expect(
      readHour(look(looks))
        .slice(-4)
        .map(({ requests }) => requests),
    ).toEqual([5, 4, 0, 0]);
    expect(
      readHour(look([...looks, { at: 5000, requests: 9 }])).every(({ requests }) => requests === 0),
    ).toBe(true);
  });

  test("stays as it is while a minute goes on, begins anew where the clock goes back, and never counts down", () => {
    const kept = look([
      { at: 10, requests: 5 },
      { at: 11, requests: 8 },
    ]);
    expect(keepMinute(kept, 11, { requests: 100, errors: 0 })).toBe(kept);
    expect(readHour(keepMinute(kept, 9, { requests: 100, errors: 0 })).at(-1)?.requests).toBe(0);
    expect(readHour(keepMinute(kept, 12, { requests: 2, errors: 0 })).at(-1)?.requests).toBe(0);
  });

  test("of several replicas is added up minute by minute", () => {
    const one = readHour(
      look([
        { at: 1, requests: 0 },
        { at: 2, requests: 5, errors: 1 },
      ]),
    );
    expect(addHours([one, one, readHour(undefined)]).slice(-2)).toEqual([
      { requests: 0, errors: 0 },
      { requests: 10, errors: 2 },
    ]);
  });
});
