import { describe, expect, test } from "vitest";
import { type Balancing, parseBalancing } from "../../../cli/load/balancing";
import { compareShares, countAnswers, countTries } from "../../../cli/load/shares";
import type { BalancerLook } from "../../../cli/operator/figures";
import { shop } from "../../support/parts";

const settings = `http {
  upstream api {
    zone api 256k;
    include members/api.conf;
  }
  upstream price {
    zone price 256k;
    least_conn;
    sticky cookie route path=/;
    include members/price.conf;
  }
  upstream search {
    hash $hash_key_search consistent;
    include members/search.conf;
  }
}

# members/api.conf
server app-api-1-0a1b2c3:3000 resolve weight=3 max_fails=1 fail_timeout=10s; # api-1
server app-api-2-0a1b2c3:3000 resolve max_fails=1 fail_timeout=10s; # api-2
server app-api-3-0a1b2c3:3000 resolve max_fails=1 fail_timeout=10s backup; # api-3

# members/price.conf
server app-price-1-0a1b2c3:3000 resolve max_fails=1 fail_timeout=10s route=price-1; # price-1

# members/search.conf
server app-search-1-0a1b2c3:3000 resolve max_fails=1 fail_timeout=10s; # search-1
# members/none.conf
server 127.0.0.1:9 down;
`;

test("how requests are shared is read from the settings in force", () => {
  expect(parseBalancing(settings)).toEqual([
    {
      ...{ pool: "api", method: "round-robin" },
      members: [
        { title: "api-1", weight: 3, spare: false },
        { title: "api-2", weight: 1, spare: false },
        { title: "api-3", weight: 1, spare: true },
      ],
    },
    { pool: "price", method: "sticky", members: [{ title: "price-1", weight: 1, spare: false }] },
    { pool: "search", method: "hash", members: [{ title: "search-1", weight: 1, spare: false }] },
  ]);
  expect(parseBalancing("")).toEqual([]);
});

const pool = (method: Balancing["method"], ...weights: number[]): Balancing => ({
  ...{ pool: "api", method },
  members: weights.map((weight, at) => ({ title: `api-${at + 1}`, weight, spare: weight === 0 })),
});

describe("shares", () => {
  test("are within what is expected as long as chance makes them differ as much", () => {
    const [shares] = compareShares({ "api-1": 530, "api-2": 470 }, [pool("round-robin", 1, 1)]);
    expect(shares).toMatchObject({ pool: "api", isAsExpected: true });
    // Of 1000 requests at one half each, the standard deviation is √250.
    expect(shares?.replicas[0]).toEqual({
      ...{ replica: "api-1", requests: 530, sharePercent: 53, expected: 500, tolerance: 4 * Math.sqrt(250) },
    });
  });

  test("are not where a replica has far too few", () => {
    const [shares] = compareShares({ "api-1": 600, "api-2": 400 }, [pool("random", 1, 1)]);
    expect(shares?.isAsExpected).toBe(false);
    expect(shares?.sentence).toBe(
      "The shares of api are not within what is expected: api-1 got 600 instead of about 500, api-2 got 400 instead of about 500. Slow, failing or restarted replicas get fewer.",
    );
  });

  test("follow weights, and spares get none", () => {
    const counts = { "api-1": 750, "api-2": 250 };
    expect(compareShares(counts, [pool("round-robin", 3, 1, 0)])[0]?.isAsExpected).toBe(true);
    expect(compareShares(counts, [pool("round-robin", 1, 1)])[0]?.isAsExpected).toBe(false);
    expect(compareShares({ ...counts, "api-3": 1 }, [pool("round-robin", 3, 1, 0)])[0]?.isAsExpected).toBe(
      false,
    );
  });

  test.each([
    [
      pool("round-robin", 1, 1),
      30,
      "30 requests are too few to say how api shares them: there must be 20 for each replica.",
    ],
    [pool("round-robin", 1), 100, "api has one replica, so there is nothing to compare."],
    [
      pool("ip_hash", 1, 1),
      100,
      "api binds clients to replicas by the client's address, so the shares of one client say nothing.",
    ],
    [
      pool("sticky", 1, 1),
      100,
      "api binds clients to replicas by a cookie, so the shares of one client say nothing.",
    ],
  ])("say nothing where that is so: $1", (balancing, requests, sentence) => {
    const [shares] = compareShares({ "api-1": requests }, [balancing]);
    expect(shares).toMatchObject({ sentence });
    expect(shares?.isAsExpected).toBeUndefined();
  });

  test("of a pool that nobody asked are left out", () => {
    expect(compareShares({}, [pool("round-robin", 1, 1)])).toEqual([]);
  });
});

describe("the answers of a replica", () => {
  const look = (requests: number): BalancerLook => ({
    ...{ balancer: "balancer", service: "app", at: 0, disk: undefined, held: [] },
    figures: {
      ...{ pools: [], certificates: [] },
      replicas: [
        {
          ...{ pool: "api", replica: "api-1", container: "app-api-1-0a1b2c3", address: "10.0.0.2:3000" },
          ...{ state: "healthy", since: null, lastAnswer: null, strikes: 0, requests, errors: 0 },
          ...{ streams: 0, averageMs: null, p95Ms: null },
        },
      ],
    },
  });

  test("are those that name it", () => {
    const replicas = { "api-1": 7, "api-2": 8 };
    expect(countAnswers({ replicas }, shop)).toEqual(replicas);
    expect(countAnswers({ replicas: { lb: 15 } }, shop)).toEqual({});
  });

  test("are else what its balancer counted meanwhile", () => {
    expect(countTries([look(100)], [look(115)])).toEqual({ "api-1": 15 });
    expect(countTries([], [look(15)])).toEqual({ "api-1": 15 });
    expect(countTries([look(15)], [look(15)])).toEqual({});
  });
});
