import { beforeAll, expect, test } from "vitest";
import { docker, findRunning, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { readState } from "../images/stack-secrets";
import { shakeHands } from "./support/tls-client";

const workspace = useWorkspace({
  name: "tickets",
  pools: { api: demoPool() },
  balancer: { replicas: 2 },
});
let port: number;

beforeAll(async () => {
  port = await findFreePort();
  workspace().configure(({ balancer }) => (balancer.tls = { port }));
  await workspace().deploy();
});

const sharing = () => findRunning(workspace().label, "flotilla.balancer=balancer", "flotilla.shares");
const client = (version: "TLSv1.2" | "TLSv1.3", session?: Buffer) =>
  shakeHands(port, {
    ...{ rejectUnauthorized: false, minVersion: version, maxVersion: version },
    ...(session === undefined ? {} : { session }),
  });

async function begin(version: "TLSv1.2" | "TLSv1.3"): Promise<Buffer> {
  const { session } = await client(version);
  if (session === undefined) throw new Error("The balancer has given no session.");
  return session;
}

/** Goes on with a session on many connections, which come to all balancers; gives how many of them could. */
async function resume(version: "TLSv1.2" | "TLSv1.3", session: Buffer): Promise<number> {
  let count = 0;
  for (let turn = 0; turn < connections; turn += 1) if ((await client(version, session)).reused) count += 1;
  return count;
}

const connections = 24;

test.each(["TLSv1.2", "TLSv1.3"] as const)("a session of %s goes on at both balancers", async (version) => {
  const session = await begin(version);
  const resumed = await resume(version, session);
  record({
    operation: `sessions of ${version} go on at whichever of two balancers`,
    ...{ requests: connections, failed: connections - resumed, seconds: 0, held: resumed === connections },
  });
  expect(resumed).toBe(connections);
});

test("it goes on at those that take their place, and after a reload", async () => {
  const sessions = { "TLSv1.2": await begin("TLSv1.2"), "TLSv1.3": await begin("TLSv1.3") } as const;
  const before = await sharing();
  workspace().configure(({ balancer }) => {
    balancer.limits = { cpus: 1 };
    balancer.bodyLimitMiB = 20;
  });
  await workspace().deploy();
  expect((await sharing()).some((name) => before.includes(name))).toBe(false);
  for (const version of ["TLSv1.2", "TLSv1.3"] as const)
    expect(await resume(version, sessions[version])).toBe(connections);
});

test("after the hours of a key the next one is used, and what was given before goes on", async () => {
  const [one = ""] = await sharing();
  const inside = (script: string) => docker("exec", one, "sh", "-c", script);
  const session = await begin("TLSv1.3");
  const next = await inside("sha256sum </etc/flotilla/tickets/next");
  const live = await inside("readlink /etc/flotilla/live");
  await inside("echo $(($(date +%s) - 43201)) >/etc/flotilla/tickets/since");
  await until("the keys have turned", async () => {
    return (await inside("sha256sum </etc/flotilla/live/tickets/now")) === next;
  });
  await until(
    "another configuration is live",
    async () => (await inside("readlink /etc/flotilla/live")) !== live,
  );
  expect(await resume("TLSv1.3", session)).toBe(connections);
  expect(await resume("TLSv1.3", await begin("TLSv1.3"))).toBe(connections);
});

test("no key is in the state, nor in what the engine tells of the containers", async () => {
  const [one = ""] = await sharing();
  const key = await docker("exec", one, "sh", "-c", "base64 -w 0 /etc/flotilla/tickets/now");
  const told = `${readState(workspace())}${await docker("inspect", ...(await sharing()))}`;
  expect(told).not.toContain(key.slice(0, 40));
  expect(await docker("exec", one, "stat", "-c", "%a %u", "/etc/flotilla/tickets/now")).toBe("600 0");
});

test("without tickets a session goes on at the one that began it alone", async () => {
  workspace().configure(({ balancer }) => (balancer.httpDirectives = ["ssl_session_tickets off"]));
  await workspace().deploy();
  const resumed = await resume("TLSv1.2", await begin("TLSv1.2"));
  expect(resumed).toBeGreaterThan(0);
  expect(resumed).toBeLessThan(connections);
});
