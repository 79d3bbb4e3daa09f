import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { findHostAddress } from "../../support/engine";

/** Where the servers of a stack's monitoring answer, as the program exports it. */
export interface MonitoringOutputs {
  url: string;
  alertmanagerUrl: string;
  user: string;
  password: string;
  containers: string[];
}

/** A value that Prometheus gives, with its labels. */
export interface Result {
  labels: Record<string, string>;
  value: number;
}

/** Asks a server of the monitoring as its user. */
export async function askServer(
  { user, password }: MonitoringOutputs,
  address: string,
  credentials = `${user}:${password}`,
): Promise<Response> {
  const authorization = `Basic ${Buffer.from(credentials).toString("base64")}`;
  return fetch(address, { headers: credentials === "" ? {} : { authorization } });
}

/** Evaluates a query. */
export async function query(monitoring: MonitoringOutputs, expression: string): Promise<Result[]> {
  const address = `${monitoring.url}/api/v1/query?query=${encodeURIComponent(expression)}`;
  const answer = await askServer(monitoring, address);
  if (!answer.ok) throw new Error(`${expression}: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as {
    data: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The replicas that Prometheus looks at, with whether they answer. */
export async function listReplicas(monitoring: MonitoringOutputs): Promise<Record<string, number>> {
  const answer = await askServer(monitoring, `${monitoring.url}/api/v1/targets?state=active`);
  const { data } = (await answer.json()) as {
    data: { activeTargets: { labels: Record<string, string>; health: string }[] };
  };
  return Object.fromEntries(
    data.activeTargets
      .filter(({ labels }) => labels.job === "pool")
      .map(({ labels, health }) => [labels.replica ?? "", health === "up" ? 1 : 0]),
  );
}

interface Rule {
  name: string;
  query: string;
  /** Whether Prometheus can go by it: `ok`. */
  health: string;
}

/** The alerts that Prometheus judges by, by their names. */
export async function listAlerts(monitoring: MonitoringOutputs): Promise<Map<string, Rule>> {
  const answer = await askServer(monitoring, `${monitoring.url}/api/v1/rules?type=alert`);
  const { data } = (await answer.json()) as { data: { groups: { rules: Rule[] }[] } };
  return new Map(data.groups.flatMap(({ rules }) => rules).map((rule) => [rule.name, rule]));
}

/** What a webhook is told of an alert. */
export interface Notice {
  status: "firing" | "resolved";
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** When it came. */
  at: number;
}

/** The first notice that a replica is down, or is up again. */
export function findNotice(
  { notices }: Webhook,
  status: Notice["status"],
  replica: string,
): Notice | undefined {
  return notices.find(
    ({ labels, status: its }) =>
      its === status && labels.alertname === "ReplicaDown" && labels.replica === replica,
  );
}

/** A webhook that remembers what it was told, and takes figures too; reached from containers. */
export interface Webhook {
  url: string;
  notices: Notice[];
  /** Where figures are written to. */
  writeUrl: string;
  /** How often figures came, by the credentials that came with them. */
  writes: Map<string, number>;
  close: () => Promise<void>;
}

/** Starts a webhook on the address that containers have for the host. */
export async function startWebhook(port: number): Promise<Webhook> {
  const notices: Notice[] = [];
  const writes = new Map<string, number>();
  const server: Server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
    request.on("end", () => {
      if (request.url === "/write") {
        const credentials = request.headers.authorization ?? "";
        if (text !== "") writes.set(credentials, (writes.get(credentials) ?? 0) + 1);
        response.writeHead(204).end();
        return;
      }
      const { alerts } = JSON.parse(text) as { alerts: Omit<Notice, "at">[] };
      notices.push(...alerts.map((alert) => ({ ...alert, at: Date.now() })));
      response.end();
    });
  });
  const gateway = await findHostAddress();
  await new Promise<void>((resolve) => server.listen(port, gateway, resolve));
  const { port: taken } = server.address() as AddressInfo;
  return {
    url: `http://${gateway}:${taken}/alerts`,
    notices,
    writeUrl: `http://${gateway}:${taken}/write`,
    writes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => {
          resolve();
        });
        server.closeAllConnections();
      }),
  };
}

/** Evaluates a query at every other second of a span of time; gives the mean of each series, by its labels. */
export async function queryMeans(
  monitoring: MonitoringOutputs,
  expression: string,
  { from, to }: { from: number; to: number },
): Promise<Map<string, number>> {
  const parameters = new URLSearchParams({
    query: expression,
    start: String(from / 1000),
    end: String(to / 1000),
    step: "2",
  });
  const answer = await askServer(monitoring, `${monitoring.url}/api/v1/query_range?${parameters.toString()}`);
  if (!answer.ok) throw new Error(`${expression}: ${answer.status} ${await answer.text()}`);
  const { data } = (await answer.json()) as {
    data: { result: { metric: Record<string, string>; values: [number, string][] }[] };
  };
  return new Map(
    data.result.flatMap(({ metric, values }): [string, number][] => {
      const numbers = values.map(([, value]) => Number(value)).filter(Number.isFinite);
      if (numbers.length === 0) return [];
      return [[JSON.stringify(metric), numbers.reduce((sum, value) => sum + value, 0) / numbers.length]];
    }),
  );
}
