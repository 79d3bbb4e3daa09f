import { describe, expect, test } from "vitest";
import { chooseScaled, parseScaledPools } from "../../../cli/autoscale/pools";
import { findStrays } from "../../../cli/autoscale/strays";
import { Misuse } from "../../../cli/failure";
import type { Plan } from "../../../cli/printed-plan";
import { makePool } from "./support";

const api = { ...makePool(), current: 3 };
const web = { ...api, pool: "web" };

describe("the pools that are scaled", () => {
  test("are found among the outputs of a stack", () => {
    const { pool, scaling, ...bounds } = api;
    const outputs = {
      replicas: {
        [pool]: { ...bounds, initial: 2, scaling },
        web: { ...bounds, initial: 1, current: 1 },
      },
    };
    expect(parseScaledPools(JSON.parse(JSON.stringify(outputs)) as Record<string, unknown>)).toEqual([api]);
  });

  test.each([
    [{}],
    [{ replicas: 3 }],
    [{ replicas: { api: { scaling: {} } } }],
    [{ replicas: { api: { min: 1, max: 2, scaling: { cpu: 1 } } } }],
  ])("are none of %j", (outputs) => {
    expect(parseScaledPools(outputs)).toEqual([]);
  });

  test("are chosen by their names", () => {
    const stack = { stack: "prod", deployed: ["api", "web", "worker"] };
    expect(chooseScaled([api, web], [], stack)).toEqual([api, web]);
    expect(chooseScaled([api, web], ["web"], stack)).toEqual([web]);
    const refuse =
      (names: string[], pools = [api, web]) =>
      () =>
        chooseScaled(pools, names, stack);
    expect(refuse(["worker"])).toThrow(Misuse);
    expect(refuse(["worker"])).toThrow(
      /^The pool worker has no scaling, as it is deployed\. Write replicas: .*npm run up -- --stack prod\nPools with scaling: api, web\.$/,
    );
    expect(refuse(["apo"])).toThrow("The stack prod has no pool apo. Did you mean api?");
    expect(refuse([], [])).toThrow("No pool of the stack prod has scaling, as it is deployed.");
  });
});

describe("what would be deployed besides numbers", () => {
  const container = (op: string, name: string, pool = "api") => {
    const labels = Object.entries({ role: "replica", service: "app", pool, replica: name }).map(
      ([label, value]) => ({ label: `flotilla.${label}`, value }),
    );
    const state = { type: "docker:index/container:Container", inputs: { labels } };
    return { op, urn: `urn:pulumi:dev::flotilla::x::app-${name}`, oldState: state, newState: state };
  };
  const command = {
    op: "update",
    urn: "urn:pulumi:dev::flotilla::x::app-balancer-settings",
    newState: { type: "command:local:Command" },
  };
  const plan = (...steps: NonNullable<Plan["steps"]>): Plan => ({ steps });

  test("is nothing where all stays", () => {
    expect(findStrays(plan(container("same", "api-1")), ["api"], false)).toEqual([]);
  });

  test("is named, the first three of it", () => {
    const some = plan(
      command,
      container("replace", "api-1"),
      container("create", "web-1", "web"),
      container("delete", "web-2", "web"),
    );
    expect(findStrays(some, ["api"], false)).toEqual([
      ...[
        "app-balancer-settings would be updated",
        "app-api-1 would be replaced",
        "app-web-1 would be created",
      ],
      "and 1 more",
    ]);
  });

  test("is not what a deployment of numbers has left, where one was not finished", () => {
    expect(
      findStrays(plan(command, container("create", "api-2"), container("delete", "api-3")), ["api"], true),
    ).toEqual([]);
    expect(findStrays(plan(command, container("replace", "api-1")), ["api"], true)).toEqual([
      "app-api-1 would be replaced",
    ]);
    expect(findStrays(plan(container("create", "web-1", "web")), ["api"], true)).toEqual([
      "app-web-1 would be created",
    ]);
  });
});
