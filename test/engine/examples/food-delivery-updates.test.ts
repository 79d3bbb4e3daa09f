// What changes while customers are there.
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { findStatus } from "../balancer/support/watched";
import { docker, findReplica, findRunning, measureRecovery, until } from "../support/engine";
import { countFailures, postsUnderWay, row } from "../support/rows";
import { lines } from "./lines/food-delivery";
import { editFile, useExample } from "./support/example";
import {
  askApi,
  customers,
  evaluate,
  goodOrder,
  instanceOf,
  logIn,
  placeOrder,
  readers,
  runIn,
} from "./support/food-delivery";
import { useLines } from "./support/lines";
import { count, inWords } from "../support/counts";

const project = useExample("food-delivery", "dev", { "food-delivery:requestsPerSecond": "1000" });
const prove = useLines("food-delivery", lines);
const ask = (...[path, options]: [string, Parameters<typeof askApi>[2]?]) =>
  askApi(project().url, path, options);

prove("etaAndPartner", "eight orders: what Python reckons, and who brings them", async () => {
  const token = await logIn(project().url);
  const partners: string[] = [];
  for (let quantity = 1; quantity <= 8; quantity += 1) {
    const body = { restaurant: "anatolia", address: "1 Quay", items: [{ dish: "doner", quantity }] };
    const answer = await ask("/api/orders", { body: { ...body, address: "1 Quay Road" }, token });
    expect(answer.body.eta).toBe(7 + 8 + quantity);
    const { order } = (await ask(`/api/orders/${String(answer.body.orderId)}`, { token })).body as {
      order: { partner: string };
    };
    partners.push(order.partner);
  }
  const counts = count(partners);
  expect(Object.values(counts)).toEqual([2, 2, 2, 2]);
  return `eta 16 to 23; ${inWords(counts)}`;
});

prove(
  "jwtChecked",
  "orders with no token, another secret's, another algorithm's, and a good one",
  async () => {
    const unsigned = `${encode({ alg: "none", typ: "JWT" })}.${encode({ sub: "tester" })}.`;
    const token = await logIn(project().url);
    const [header, payload] = token.split(".");
    const tries = [undefined, `${header ?? ""}.${payload ?? ""}.c2lnbmVkLWJ5LW5vYm9keQ`, unsigned, token];
    expect(JSON.parse(Buffer.from(header ?? "", "base64url").toString())).toMatchObject({ alg: "HS256" });
    const before = Number(await evaluate(project(), "print(db.orders.countDocuments())"));
    const answers = await Promise.all(
      tries.map((each) =>
        ask("/api/orders", { body: goodOrder, ...(each === undefined ? {} : { token: each }) }),
      ),
    );
    const statuses = answers.map(({ status }) => status);
    expect(statuses).toEqual([401, 401, 401, 201]);
    expect(Number(await evaluate(project(), "print(db.orders.countDocuments())"))).toBe(before + 1);
    return statuses.join(", ");
  },
);

prove("orderValidated", "orders with something wrong, and how many are saved", async () => {
  const token = await logIn(project().url);
  const [item] = goodOrder.items;
  const wrong: [object, RegExp][] = [
    [{ ...goodOrder, restaurant: undefined }, /restaurant/],
    [{ ...goodOrder, items: [] }, /items/],
    [{ ...goodOrder, items: [{ ...item, quantity: 0 }] }, /items\.0\.quantity/],
    [{ ...goodOrder, items: [{ ...item, quantity: "2" }] }, /items\.0\.quantity/],
    [{ ...goodOrder, price: 1 }, /price/],
    [{ ...goodOrder, restaurant: "nowhere" }, /no such restaurant/],
    [{ ...goodOrder, items: [{ dish: "pho", quantity: 1 }] }, /not on the menu: pho/],
  ];
  const before = await evaluate(project(), "print(db.orders.countDocuments())");
  for (const [body, complaint] of wrong) {
    const answer = await ask("/api/orders", { body, token });
    expect([answer.status, answer.body.success]).toEqual([422, false]);
    expect(String(answer.body.errors)).toMatch(complaint);
  }
  expect(await evaluate(project(), "print(db.orders.countDocuments())")).toBe(before);
  return `${wrong.length} of ${wrong.length} answered with 422, ${before} orders before and after`;
});

prove("orderAnswered", "the whole answer to a good order", async () => {
  const { status, body } = await ask("/api/orders", { body: goodOrder, token: await logIn(project().url) });
  expect(status).toBe(201);
  expect(Object.keys(body)).toEqual(["success", "orderId", "eta"]);
  expect(body).toMatchObject({ success: true, eta: 24 });
  expect(body.orderId).toMatch(/^[0-9a-f]{24}$/);
  return JSON.stringify(body);
});

prove("orderSaved", "read in MongoDB, and by the customer, but by no other", async () => {
  const token = await logIn(project().url, "saver");
  const id = await placeOrder(project().url, token);
  const saved = await evaluate(
    project(),
    `const found = db.orders.findOne({ _id: ObjectId("${id}") }); print(JSON.stringify(found))`,
  );
  expect(JSON.parse(saved)).toMatchObject({ ...goodOrder, customer: "saver", eta: 24 });
  const own = await ask(`/api/orders/${id}`, { token });
  const foreign = await ask(`/api/orders/${id}`, { token: await logIn(project().url, "other") });
  expect([own.status, foreign.status]).toEqual([200, 404]);
  return `1 document; ${own.status} for the customer, ${foreign.status} for another`;
});

prove("loadTest", "customers who look, wait and order, for some seconds", async () => {
  const { report } = await row(
    { operation: "food-delivery: load test", ...(await customers(project().url)) },
    () => wait(5000),
  );
  const rates = report.rows.map(
    ({ kind, method, sent, p95Ms }) => `${kind} ${method} ${sent}, P95 ${p95Ms} ms`,
  );
  expect(Object.keys(report.instances).sort()).toEqual(["api-1", "api-2", "api-3"]);
  return `${describeFailures(report)}: ${rates.join("; ")}`;
});

prove("healthPath", "questions that a replica counts in 30 s, of Docker and of the balancer", async () => {
  const name = await findReplica(project().label, "api-1");
  const check = JSON.parse(await docker("inspect", "--format={{json .Config.Healthcheck}}", name)) as {
    Interval: number;
    Retries: number;
  };
  expect(check).toMatchObject({ Interval: 10e9, Retries: 3 });
  const questions = async () => {
    const program = `fetch("http://127.0.0.1:3000/metrics").then(async (answer) => console.log(await answer.text()))`;
    const text = await runIn(project(), "api-1", "node", "-e", program);
    return Number(/^http_requests_total\{path="\/api\/health",status="200"\} (\d+)$/m.exec(text)?.[1]);
  };
  const before = await questions();
  await wait(30_000);
  const asked = (await questions()) - before;
  // Three of each, and one more or less at the ends.
  expect(Math.abs(asked - 6)).toBeLessThanOrEqual(2);
  return `${asked} questions in 30 s`;
});

const stateOf = async (title: string) => (await findStatus(project().url, title)).state;

prove("strikes", "a replica is frozen, found out and thawed, while customers look", async () => {
  const frozen = await findReplica(project().label, "api-2");
  const { report, result } = await row(
    { operation: "food-delivery: a frozen replica", ...(await readers(project().url)) },
    async () => {
      await docker("pause", frozen);
      try {
        const out = await until("api-2 is out", async () => (await stateOf("api-2")) === "out", 60);
        const { strikes } = await findStatus(project().url, "api-2");
        expect(strikes).toBeGreaterThanOrEqual(3);
        const states = await Promise.all(["api-1", "api-2", "api-3"].map(stateOf));
        expect(states).toEqual(["healthy", "out", "healthy"]);
        return { out, strikes };
      } finally {
        await docker("unpause", frozen);
      }
    },
  );
  const back = await until("api-2 is back", async () => (await stateOf("api-2")) === "healthy", 60);
  await until("api-2 answers again", async () => instanceOf(await ask("/api/news")) === "api-2");
  expect(result.out).toBeGreaterThan(15);
  expect(result.out).toBeLessThan(45);
  return `out after ${result.out.toFixed(1)} s and ${result.strikes} strikes, back ${back.toFixed(1)} s after the end; ${describeFailures(report)}`;
});

prove("twoThirds", "one of three is killed for two seconds, and started again", async () => {
  const stopped = await findReplica(project().label, "api-3");
  const { report, result } = await row(
    { operation: "food-delivery: one of three is down", ...(await readers(project().url)) },
    async () => {
      await docker("kill", stopped);
      await wait(2000);
      const answers = await Promise.all(Array.from({ length: 60 }, () => ask("/api/news")));
      await docker("start", stopped);
      await until("api-3 answers", async () => instanceOf(await ask("/api/news")) === "api-3");
      return count(answers.map(instanceOf));
    },
  );
  expect(Object.keys(result)).toEqual(["api-1", "api-2"]);
  return `${inWords(result)} while api-3 was down; ${describeFailures(report)}`;
});

const killInside = async (title: string) =>
  measureRecovery(await findReplica(project().label, title), "kill -9 -1");

prove("killed", "kill -9 of all in a replica, while customers look, wait and order", async () => {
  const { report } = await row(
    {
      operation: "food-delivery: a replica dies",
      ...(await customers(project().url)),
      exception: postsUnderWay("only POSTs under way on it fail: they must not be repeated"),
    },
    () => killInside("api-1"),
  );
  const gets = countFailures(report.rows, "GET");
  expect(gets).toBe(0);
  return `${report.sent} requests, ${gets} GETs and ${countFailures(report.rows, "POST")} POSTs failed`;
});

prove("claimRecovery", "seconds from the kill until Docker says healthy", async () => {
  const seconds = await killInside("api-3");
  expect(seconds).toBeLessThan(30);
  return `claimed 30 s, measured ${seconds.toFixed(1)} s`;
});

prove(
  "jwtSecret",
  "the secret is changed twice under load; tokens of each, and who logs in meanwhile",
  async () => {
    const { url } = project();
    const first = await logIn(url, "first");
    const secretOf = () => runIn(project(), "api-1", "cat", "/run/secrets/jwt");
    const [secretBefore, load] = [await secretOf(), await customers(url)];
    let logins = 0;
    const { report } = await row({ operation: "food-delivery: another JWT secret", ...load }, async () => {
      await project().configure({ "food-delivery:jwtSecretVersion": "2" });
      const updating = project().deploy();
      let over = false;
      const isOver = () => over;
      void updating.catch(() => undefined).then(() => (over = true));
      for (; !isOver() || logins === 0; logins += 1) await placeOrder(url, await logIn(url, "meanwhile"));
      await updating;
    });
    expect(await secretOf()).not.toBe(secretBefore);
    const tryIt = async () => (await ask("/api/orders", { body: goodOrder, token: first })).status;
    const afterOne = await tryIt();
    await project().configure({ "food-delivery:jwtSecretVersion": "3" });
    const { report: second } = await row(
      { operation: "food-delivery: another JWT secret again", ...(await readers(url)) },
      () => project().deploy(),
    );
    const statuses = [afterOne, await tryIt()];
    expect(statuses).toEqual([201, 401]);
    return `a token of the first secret: ${statuses.join(", then ")}; ${logins} logins with orders during the update, 0 failed; ${describeFailures(report)}; ${describeFailures(second)}`;
  },
);

prove("scale", "from 3 to 5 replicas and back under load", async () => {
  const target = await customers(project().url);
  const scaleTo = async (replicas: number) => {
    await project().configure({ "food-delivery:apiReplicas": String(replicas) });
    const { report } = await row({ operation: `food-delivery: scale to ${replicas}`, ...target }, () =>
      project().deploy(),
    );
    expect(await findRunning(project().label, "flotilla.pool=api")).toHaveLength(replicas);
    return report;
  };
  const up = await scaleTo(5);
  expect(Object.keys(up.instances)).toHaveLength(5);
  const down = await scaleTo(3);
  return `to 5: ${describeFailures(up)}; to 3: ${describeFailures(down)}`;
});

prove("envFile", "a line of the file is changed, and the stack updated under load", async () => {
  editFile(project(), "settings.dev.env", "LOG_LEVEL=info", "LOG_LEVEL=silent");
  const before = await runIn(project(), "api-1", "printenv", "LOG_LEVEL");
  const { report } = await row(
    { operation: "food-delivery: another setting in the env file", ...(await customers(project().url)) },
    () => project().deploy(),
  );
  const after = await runIn(project(), "api-1", "printenv", "LOG_LEVEL");
  expect([before, after]).toEqual(["info", "silent"]);
  return `LOG_LEVEL ${before}, then ${after}; ${describeFailures(report)}`;
});

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
