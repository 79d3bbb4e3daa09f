import { expect, test, vi } from "vitest";
import { removeLeftovers } from "../../deploy/leftovers";
import type { LeftoversTask } from "../../deploy/tasks";
import type { Engine } from "../../engine/client";

// A command gives a function its values by the process; here the function itself is called.
vi.mock("../../deploy/process", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  defineScript: (script: object) => script,
  onEngine: (work: object) => work,
}));

const remove = removeLeftovers as unknown as (
  engine: Engine,
  given: { task: LeftoversTask },
) => Promise<string>;

/** A container as `docker ps` knows it. */
interface Container {
  name: string;
  network?: string;
  status: string;
  labels: string[];
}

/** An engine that lists containers by all filters that it is given, and removes them. */
function makeEngine(containers: Container[]): { engine: Engine; removed: string[] } {
  const removed: string[] = [];
  const matches = ({ network = "", status, labels }: Container, filter: string): boolean => {
    const [, kind = "", value = ""] = /^--filter=(\w+)=(.*)$/.exec(filter) ?? [];
    if (kind === "label") return labels.includes(value);
    return (kind === "network" ? network : status) === value;
  };
  const run = (args: string[]): Promise<string> => {
    if (args[0] === "rm") removed.push(args.at(-1) ?? "");
    if (args[0] !== "ps") return Promise.resolve("");
    const filters = args.filter((arg) => arg.startsWith("--filter="));
    const found = containers.filter((each) => filters.every((filter) => matches(each, filter)));
    return Promise.resolve(
      found
        .map(({ name }) => name)
        .filter((name) => !removed.includes(name))
        .join("\n"),
    );
  };
  const attempt = () => Promise.resolve({ code: 0, stdout: "{}", stderr: "" });
  return { engine: { run, attempt } as unknown as Engine, removed };
}

const own = ["flotilla.stack=shop/dev", "flotilla.service=app"];
const task = { networks: ["shop-public"], stack: "shop/dev", service: "app" };

test("what a killed update made goes, also what is on no network yet", async () => {
  const { engine, removed } = makeEngine([
    {
      name: "on-network",
      network: "shop-public",
      status: "running",
      labels: [...own, "flotilla.role=replica"],
    },
    { name: "just-made", status: "created", labels: [...own, "flotilla.role=worker"] },
  ]);
  expect((await remove(engine, { task })).split("\n").sort()).toEqual(["just-made", "on-network"]);
  expect(removed.sort()).toEqual(["just-made", "on-network"]);
});

test("what another service or stack makes just now stays, and what runs elsewhere", async () => {
  const { engine, removed } = makeEngine([
    {
      name: "other-service",
      status: "created",
      labels: ["flotilla.stack=shop/dev", "flotilla.service=admin"],
    },
    { name: "other-stack", status: "created", labels: ["flotilla.stack=shop/prod", "flotilla.service=app"] },
    { name: "runs", network: "other", status: "running", labels: [...own, "flotilla.role=replica"] },
  ]);
  expect(await remove(engine, { task })).toBe("nothing was left over");
  expect(removed).toEqual([]);
});
