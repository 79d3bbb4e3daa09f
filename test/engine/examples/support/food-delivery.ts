import type { LoadOptions } from "../../../load/client";
import type { MonitoringOutputs } from "../../monitoring/support/prometheus";
import { docker, findReplica, findRunning } from "../../support/engine";
import type { OutsideProject } from "../../support/outside-project";
import { type Answer, send, type Sending } from "./sending";

/** An order that the restaurants can cook. */
export const goodOrder = {
  restaurant: "napoli",
  address: "1 Harbour Street",
  items: [{ dish: "margherita", quantity: 2 }],
};

/** An answer of the API. */
export interface Answered {
  status: number;
  headers: Answer["headers"];
  /** What the JSON says; empty where there is none. */
  body: Record<string, unknown>;
}

/** A request of the API: one with a body is a POST. */
export interface Asked extends Pick<Sending, "body" | "headers" | "ca"> {
  token?: string;
}

/** Asks the API on a connection of its own. */
export async function askApi(
  url: string,
  path: string,
  { token, ...sending }: Asked = {},
): Promise<Answered> {
  const known: Record<string, string> = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  const {
    status,
    headers,
    json = {},
  } = await send(`${url}${path}`, {
    ...sending,
    headers: { ...known, ...sending.headers },
  });
  return { status, headers, body: json };
}

/** A customer's token. */
export async function logIn(url: string, customer = "tester", options: Asked = {}): Promise<string> {
  const { body } = await askApi(url, "/api/login", { body: { customer }, ...options });
  return String(body.token);
}

/** Places an order that must be taken; gives its id. */
export async function placeOrder(
  url: string,
  token: string,
  options: Pick<Asked, "ca"> = {},
): Promise<string> {
  const { status, body } = await askApi(url, "/api/orders", { body: goodOrder, token, ...options });
  if (status !== 201) throw new Error(`The order was answered with ${status} ${JSON.stringify(body)}`);
  return String(body.orderId);
}

/** Customers who look at restaurants, wait for news, and order; few of them, for a machine that others use too. */
export async function customers(
  url: string,
  options: Pick<Asked, "ca"> = {},
): Promise<{ target: string; load: Omit<LoadOptions, "url"> }> {
  return {
    target: `${url}/api/restaurants`,
    load: {
      clients: { busyGet: 6, busyPost: 3, slow: 4, idle: 4, fresh: 2 },
      paceMs: { busy: 50, fresh: 50 },
      headers: { Authorization: `Bearer ${await logIn(url, "tester", options)}` },
      ...options,
      post: { path: "../orders", body: JSON.stringify(goodOrder) },
      slowPath: "../news?wait=<ms>",
      answer: '"success":true',
    },
  };
}

/** Customers who only look. */
export async function readers(
  url: string,
  options: Pick<Asked, "ca"> = {},
): Promise<Awaited<ReturnType<typeof customers>>> {
  const { target, load } = await customers(url, options);
  return { target, load: { ...load, method: "GET" } };
}

/** Runs a program in a replica such as `api-1`. */
export async function runIn({ label }: OutsideProject, title: string, ...command: string[]): Promise<string> {
  return docker("exec", await findReplica(label, title), ...command);
}

/** The container of MongoDB. */
export async function findMongo({ label }: OutsideProject): Promise<string> {
  const [mongo = ""] = await findRunning(label, "flotilla.role=store");
  return mongo;
}

/** Evaluates a script in MongoDB's database, as the application's user. */
export async function evaluate(project: OutsideProject, script: string): Promise<string> {
  const address = await runIn(project, "api-1", "printenv", "MONGODB_URL");
  return docker("exec", await findMongo(project), "mongosh", "--quiet", "--norc", address, "--eval", script);
}

/** Where Prometheus and Alertmanager answer. */
export async function findMonitoring({ outputs }: OutsideProject): Promise<MonitoringOutputs> {
  const { monitoringUrl = "", monitoringPassword = "" } = (await outputs()) as Record<string, string>;
  const alertmanager = new URL(monitoringUrl);
  alertmanager.port = String(Number(alertmanager.port) + 1);
  const known = { user: "admin", password: monitoringPassword, containers: [] };
  return { url: monitoringUrl, alertmanagerUrl: alertmanager.origin, ...known };
}
