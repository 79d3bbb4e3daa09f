import { afterEach, describe, expect, test } from "vitest";
import { type LoadBalancedServiceArgs, Monitoring } from "../../../components";
import { fakeDocker, listed, resetDocker } from "../../support/fake-docker";
import { record } from "../../support/recorder";
import { minimalPool, recordService } from "../../support/service";

const own = "flotilla.stack=flotilla/dev,flotilla.service=app";
const replica = (number: number, more = ""): string =>
  `a=b,c,flotilla.role=replica,flotilla.pool=api,flotilla.replica=api-${number},${own}${more}`;
const balancer = `flotilla.role=balancer,flotilla.balancer=balancer,${own}`;
const volume = `flotilla.balancer=balancer,${own}`;
const network = `flotilla.network=public,${own}`;

function has(present: Record<string, string[]>): void {
  fakeDocker.present = ([kind = ""]) => ({
    code: 0,
    stdout: (present[kind] ?? []).map((line) => (line.includes("\t") ? line : listed(line))).join("\n"),
    stderr: "",
  });
}

async function findMade(
  args: LoadBalancedServiceArgs = { pools: { api: { ...minimalPool, replicas: 2 } } },
): Promise<Record<string, string | undefined>> {
  const { resources } = await recordService(args);
  const labelled = resources.filter(({ inputs }) => Array.isArray(inputs.labels));
  return Object.fromEntries(
    labelled.map(({ name, inputs }) => [
      name,
      (inputs.labels as { label: string; value: string }[]).find(({ label }) => label === "flotilla.made")
        ?.value,
    ]),
  );
}

const now = expect.stringMatching(/^20\d\d-.*Z$/) as string;
const names = ["app-api-1", "app-api-2", "app-balancer", "app-balancer-configuration", "app-public-network"];

afterEach(resetDocker);

const cases: [string, Record<string, string[]> | undefined, (string | undefined)[]][] = [
  [
    "is there is left as it is",
    { container: [replica(1), replica(2), balancer], volume: [volume], network: [network] },
    [],
  ],
  ["cannot be asked for is left as it is", undefined, []],
  [
    "was made again is left as it is from then on",
    {
      container: [replica(1, ",flotilla.made=noon"), replica(2), balancer],
      volume: [volume],
      network: [network],
    },
    ["noon"],
  ],
  [
    "is gone is made again",
    { container: [replica(1), balancer], volume: [volume], network: [network] },
    [undefined, now],
  ],
  [
    "is gone, is made again, balancer and network too",
    { container: [replica(2), replica(1)], volume: [volume] },
    [undefined, undefined, now, undefined, now],
  ],
  [
    "was stopped is left to the push, which starts it",
    {
      container: [listed(replica(1), { state: "exited" }), replica(2), listed(balancer, { state: "exited" })],
      volume: [volume],
      network: [network],
    },
    [],
  ],
  ["was never there is made", {}, [now, now, now, now, now]],
];

test.each(cases)("what %s", async (_, present, made) => {
  if (present !== undefined) has(present);
  expect(await findMade()).toEqual(Object.fromEntries(names.map((name, index) => [name, made[index]])));
});

describe("of a pool without a port", () => {
  const worker = (state = "running", more = ""): string =>
    listed(`flotilla.role=worker,flotilla.pool=jobs,flotilla.replica=jobs-1,${own}${more}`, { state });
  const rest = { volume: [`flotilla.pool=jobs,${own}`], network: [`flotilla.network=jobs,${own}`] };
  const pools = { jobs: { image: "node:24-slim" } };

  // prettier-ignore
  const cases: [string, string[], (string | undefined)[]][] = [
    ["one that runs is left as it is", [worker()], []],
    ["one that was stopped is made again", [worker("exited")], [now]],
    ["one that did not pass its gate is left to it", [worker("exited"), worker()], []],
    ["two of the same number are reason to sweep", [worker("running", ",flotilla.made=noon"), worker()], ["noon", now]],
  ];

  test.each(cases)("%s", async (_, container, [ofWorker, ofSweep]) => {
    has({ container, ...rest });
    expect(await findMade({ pools })).toEqual({
      "app-jobs-1": ofWorker,
      "app-jobs-sweep": ofSweep,
      "app-jobs-network": undefined,
    });
  });
});

test("the image of a monitoring's server whose container is gone is looked for again", async () => {
  const labels = "flotilla.role=monitoring,flotilla.stack=flotilla/dev,flotilla.service=watch";
  // One that was stopped is as good as none, since nobody starts it again.
  const stopped = listed(`flotilla.server=alertmanager,${labels}`, { state: "exited" });
  has({ container: [`flotilla.server=prometheus,${labels}`, `flotilla.server=host,${labels}`, stopped] });
  const program = () => new Monitoring("watch", { sources: [] });
  const { find } = await record(program, { printed: { "watch-password": "{}" } });
  const triggers = ["prometheus", "host", "alertmanager"].map(
    (name) => find(`watch-${name}-image`).inputs.triggers,
  );
  expect(triggers.map((all) => (all as string[]).at(-1))).toEqual(["", "", now]);
});

test("the replicas of a pool that is to be restarted are made anew, and once they are, stay", async () => {
  has({ container: [replica(1), replica(2), balancer], volume: [volume], network: [network] });
  process.env.FLOTILLA_RESTART = "app/api";
  try {
    const made = await findMade();
    expect([made["app-api-1"], made["app-api-2"], made["app-balancer"]]).toEqual([now, now, undefined]);
    process.env.FLOTILLA_RESTART = "other/api,app/web";
    expect((await findMade())["app-api-1"]).toBeUndefined();
  } finally {
    delete process.env.FLOTILLA_RESTART;
  }
  const before = ",flotilla.made=2026-11-27T09:00:00.000Z";
  has({ container: [replica(1, before), replica(2), balancer], volume: [volume], network: [network] });
  expect((await findMade())["app-api-1"]).toBe("2026-11-27T09:00:00.000Z");
});

test.each([
  ["running", true],
  ["restarting", true],
  ["created", true],
  ["exited", false],
])("a second worker that is %s is one too many: %s", async (state, isSwept) => {
  const worker = `flotilla.role=worker,flotilla.pool=jobs,flotilla.replica=jobs-1,${own}`;
  has({
    container: [listed(worker), listed(worker, { state })],
    network: [`flotilla.network=jobs,${own}`],
    volume: [`flotilla.pool=jobs,${own}`],
  });
  const made = await findMade({ pools: { jobs: { image: "node:24-slim" } } });
  expect(made["app-jobs-sweep"]).toEqual(isSwept ? now : undefined);
});
