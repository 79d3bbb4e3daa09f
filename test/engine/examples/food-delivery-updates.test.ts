// What changes while customers are there.
import { setTimeout as wait } from "node:timers/promises";
import { expect } from "vitest";
import { describeFailures } from "../../load/report";
import { docker, findReplica, measureRecovery } from "../support/engine";
import { postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import { lines } from "./lines/food-delivery";
import { editFile, useExample } from "./support/example";
import {
  askApi,
  customers,
  evaluate,
  goodOrder,
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

prove(
  "orderSaved",
  "the answer to a good order, in MongoDB, and for the customer, but for no other",
  async () => {
    const token = await logIn(project().url, "saver");
    const { status, body } = await ask("/api/orders", { body: goodOrder, token });
    const id = String(body.orderId);
    expect([status, body]).toEqual([201, { success: true, orderId: id, eta: 24 }]);
    const find = `print(JSON.stringify(db.orders.findOne({ _id: ObjectId("${id}") })))`;
    const saved = JSON.parse(await evaluate(project(), find)) as object;
    expect(saved).toMatchObject({ ...goodOrder, customer: "saver", eta: 24 });
    const own = await ask(`/api/orders/${id}`, { token });
    const foreign = await ask(`/api/orders/${id}`, { token: await logIn(project().url, "other") });
    expect([own.status, foreign.status]).toEqual([200, 404]);
    return `${JSON.stringify(body)}; ${own.status} for the customer, ${foreign.status} for another`;
  },
);

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

prove("killed", "kill -9 of all in a replica, while customers look, wait and order", async () => {
  const { report, result } = await row(
    {
      operation: "food-delivery: a replica dies",
      ...(await customers(project().url)),
      exception: postsUnderWay("only POSTs under way on it fail: they must not be repeated", project().label),
    },
    async () => measureRecovery(await findReplica(project().label, "api-1"), "kill -9 -1"),
  );
  expect(result).toBeLessThan(30);
  return `${describeFailures(report)}; healthy again after ${result.toFixed(1)} s, claimed 30 s`;
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
