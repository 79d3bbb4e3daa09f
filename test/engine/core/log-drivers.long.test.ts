import { createSocket, type Socket } from "node:dgram";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker, findReplica, findRunning, until } from "../support/engine";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const workspace = useDeployment({
  name: "log-drivers",
  pools: { api: demoPool({ replicas: 2, env: { LOG: "true" } }) },
  balancer: { replicas: 2 },
});

/** Takes what the engine sends. */
interface Receiver {
  socket: Socket;
  port: number;
  messages: string[];
}

async function receive(): Promise<Receiver> {
  const socket = createSocket("udp4");
  const messages: string[] = [];
  socket.on("message", (message) => messages.push(message.toString("utf8")));
  await new Promise<void>((resolve) => {
    socket.bind(0, "127.0.0.1", resolve);
  });
  return { socket, port: socket.address().port, messages };
}

let gelf: Receiver;
let syslog: Receiver;

beforeAll(async () => {
  [gelf, syslog] = [await receive(), await receive()];
});

afterAll(() => {
  for (const { socket } of [gelf, syslog]) socket.close();
});

test("logs go to another place without a lost request, and say whose they are", async () => {
  workspace().configure((settings) => {
    settings.pools.api = {
      ...settings.pools.api,
      logs: {
        driver: "gelf",
        options: { "gelf-address": `udp://127.0.0.1:${gelf.port}`, "gelf-compression-type": "none" },
      },
    };
    settings.balancer.logs = {
      driver: "syslog",
      options: { "syslog-address": `udp://127.0.0.1:${syslog.port}` },
    };
  });
  await row(
    { operation: "logs of replicas and balancers go to other drivers", target: workspace().url },
    () => workspace().deploy(),
  );
  const told = (): Record<string, string>[] =>
    gelf.messages.map((message) => JSON.parse(message) as Record<string, string>);
  await until("lines of both replicas have come", () =>
    ["api-1", "api-2"].every((title) => told().some(({ _tag }) => _tag === title)),
  );
  expect(told().find(({ _tag }) => _tag === "api-1")).toMatchObject({ "_flotilla.replica": "api-1" });
  const answers = () => syslog.messages.filter((message) => message.includes('"uri"'));
  await until("lines of both balancers have come", () =>
    ["balancer-1", "balancer-2"].every((title) => answers().some((line) => line.includes(`${title}[`))),
  );
  expect(answers().some((line) => /"replica":"api-[12]"/.test(line))).toBe(true);
});

test("a second up changes nothing", async () => {
  const { text } = await workspace().deploy();
  expect(text).not.toMatch(/\d+ (?:created|updated|replaced|deleted)/);
});

test("the engine still shows them, from a copy", async () => {
  const replica = await findReplica(workspace().label, "api-1");
  expect(await docker("inspect", "--format={{.HostConfig.LogConfig.Type}}", replica)).toBe("gelf");
  await until("lines are in the copy", async () => (await docker("logs", replica)).includes("GET"));
  const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer", "flotilla.shares");
  await until("answers are in the copy", async () => (await docker("logs", balancer)).includes('"uri"'));
});

test("who takes them may be gone: no request waits", async () => {
  for (const { socket } of [gelf, syslog]) socket.removeAllListeners("message").unref();
  workspace().configure((settings) => {
    settings.pools.api = {
      ...settings.pools.api,
      logs: { driver: "fluentd", options: { "fluentd-address": "127.0.0.1:9", "fluentd-async": "true" } },
    };
  });
  await row({ operation: "logs go where nobody takes them", target: workspace().url }, () =>
    workspace().deploy(),
  );
});
