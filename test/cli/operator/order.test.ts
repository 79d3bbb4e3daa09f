import { expect, test } from "vitest";
import { findWays, renderWays } from "../../../cli/operator/network";
import { parseGraces, startAll, stopAll } from "../../../cli/operator/night";
import { findReached, orderStart } from "../../../cli/operator/start-order";
import { connect, fakeDocker, resetDocker } from "../../support/fake-docker";
import { expectGolden } from "../../support/golden";
import { makePart, shop } from "../../support/parts";

const waves = orderStart(shop).map((wave) => wave.map(({ title }) => title));

test("a stack is started from its datastores to what clients reach", () => {
  expect(waves).toEqual([
    ["main"],
    ["main-backup"],
    ["prometheus"],
    ["price-1"],
    ["price-balancer"],
    ["api-1", "api-2"],
    ["balancer"],
  ]);
});

test("pools of components that reach each other are in some order", () => {
  const on = (...names: string[]) =>
    Object.fromEntries(names.map((name) => [name, { address: "", aliases: [] }]));
  const parts = ["a", "b"].flatMap((name) => [
    makePart({ title: `${name}-1`, pool: name, networks: on("x", "y") }),
    makePart({ title: `${name}-balancer`, role: "balancer", networks: on("x", "y") }),
  ]);
  expect(findReached(parts)).toEqual(
    new Map([
      ["app/a", ["app/b"]],
      ["app/b", ["app/a"]],
    ]),
  );
  expect(orderStart(parts).flat()).toHaveLength(4);
});

test("a stop goes the other way round, and gives each the time that the state says", async () => {
  fakeDocker.answer = () => ({ code: 0, stdout: "", stderr: "" });
  const said: string[] = [];
  const graces = new Map([[shop.find(({ title }) => title === "main")?.id ?? "", 90]]);
  const gone = makePart({ title: "api-3", pool: "api", state: "exited" });
  const stopped = await stopAll(connect(), [...shop, gone], graces, (line) => said.push(line));
  const runs = fakeDocker.runs.map(({ args }) => args);
  resetDocker();
  expect(said).toEqual([...waves].reverse().map((wave) => `stopped: ${wave.join(", ")}`));
  expect(stopped).not.toContain("api-3");
  expect(runs[0]?.slice(0, 2)).toEqual(["stop", "--time=60"]);
  expect(runs.at(-1)?.slice(0, 2)).toEqual(["stop", "--time=90"]);
});

test("a container that cannot be stopped ends the stop, before those that it needs are touched", async () => {
  fakeDocker.answer = () => ({ code: 1, stdout: "", stderr: "no permission" });
  await expect(stopAll(connect(), shop, new Map(), () => undefined)).rejects.toThrow(
    "balancer was not stopped: no permission",
  );
  const { length } = fakeDocker.runs;
  resetDocker();
  expect(length).toBe(1);
});

test("a start starts what does not run alone", async () => {
  fakeDocker.answer = () => ({ code: 0, stdout: "", stderr: "" });
  const parts = shop.map((part) => (part.title === "main" ? { ...part, state: "exited" } : part));
  const started = await startAll(connect(), parts, () => undefined);
  const runs = fakeDocker.runs.filter(({ args }) => args[0] === "start");
  resetDocker();
  expect(started).toEqual(["main"]);
  expect(runs).toHaveLength(1);
});

test("the state says how long each has to end", () => {
  const resources = [
    { type: "docker:index/container:Container", id: "a", inputs: { destroyGraceSeconds: 30 } },
    { type: "docker:index/network:Network", id: "b" },
    { type: "pulumi:pulumi:Stack" },
  ];
  expect(parseGraces(JSON.stringify({ deployment: { resources } }))).toEqual(new Map([["a", 30]]));
  expect(parseGraces("{}")).toEqual(new Map());
});

test("the ways of a stack, for people", () => {
  expectGolden("cli/network.txt", `${renderWays(findWays(shop)).join("\n")}\n`);
});
