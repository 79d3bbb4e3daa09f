import { describe, expect, test } from "vitest";
import { applyEvent, emptyBoard, isRunning } from "../../../cli/progress/board";
import { createTranslator, hideSecrets } from "../../../cli/progress/happening";
import { describeEvent } from "../../../cli/progress/lines";
import { renderTree } from "../../../cli/progress/tree";
import { replay } from "./support";

/** All that happens to a thing in a recorded update, in its order; of the old one in brackets. */
function livesOf(log: string, title: string): string {
  const whats = replay(log).flatMap(({ event }) =>
    event.type === "happening" && event.subject.title === title && isRunning(event.subject)
      ? [event.isOld ? `(${event.what})` : event.what]
      : [],
  );
  return whats.join(" ");
}

test.each([
  ["first-up", "api-1", "making made starting healthy joined"],
  ["first-up", "balancer", "making made changing changed"],
  ["update", "api-1", "making made starting healthy joined (draining) (drained) (ending) (gone)"],
  ["scale", "api-3", "making made starting healthy joined"],
  ["scale-down", "api-3", "draining drained ending gone"],
  ["scale-down", "worker-1", "same"],
  ["other-strategy", "api-2", "making made starting healthy joined (draining) (drained) (ending) (gone)"],
  ["rolling", "api-2", "(draining) (drained) (ending) (gone) making made starting healthy joined"],
  ["unhealthy", "api-3", "making made starting failed"],
  ["down", "worker-1", "ending gone"],
])("in %s, what happens to %s is told", (log, title, lives) => {
  expect(livesOf(log, title)).toBe(lives);
});

test("the end has the numbers of resources and the exports, without secrets", () => {
  const end = replay("update").at(-1)?.event;
  expect(end).toMatchObject({
    ...{ type: "ending", ok: true, changes: { replace: 3, same: 18 } },
    outputs: { url: "http://localhost:8080", key: "[secret]" },
  });
  expect(replay("unhealthy").at(-1)?.event).toMatchObject({ type: "ending", ok: false });
});

describe("what is said", () => {
  const translate = createTranslator();
  const say = (severity: string, message: string, urn?: string) =>
    translate({ diagnosticEvent: { severity, message, ...(urn && { urn }) } });

  test("by Pulumi of itself is passed over", () => {
    expect(say("warning", "using pulumi-resource-docker from $PATH at /usr/local/bin/x\n")).toEqual([]);
    expect(say("debug", "New client")).toEqual([]);
  });

  test("of a resource is told of what it is to users", () => {
    const urn =
      "urn:pulumi:dev::shop::flotilla:index:LoadBalancedService$docker:index/container:Container::app-api-1";
    expect(say("warning", "<{%fg 3%}>slow<{%reset%}>\n", urn)).toMatchObject([
      { severity: "warning", text: "slow", subject: { title: "app-api-1" } },
    ]);
  });

  test("by an update of its canary is a step of the balancer", () => {
    const urn =
      "urn:pulumi:dev::shop::flotilla:index:LoadBalancedService$command:local:Command::app-balancer-push";
    const [event] = say("info#err", "canary of api: 10 %\n", urn);
    expect(event).toMatchObject({
      what: "changing",
      subject: { kind: "balancer" },
      text: "canary of api: 10 %",
    });
    if (event === undefined) return;
    const board = applyEvent(emptyBoard, event, 0);
    expect(describeEvent(event, board)).toMatch(/balancer: canary of api: 10 %$/);
    const frame = renderTree(board, { head: "dev", at: 9000, room: { columns: 80, rows: 9 } });
    expect(frame.at(-1)).toMatch(/canary of api: 10 %, 9\.0 s$/);
  });

  test("by a policy is an error where it refuses", () => {
    const policyEvent = {
      policyName: "limits",
      resourceUrn: "urn:a::b::c::app-api-1",
      message: "limits\nNo limit.",
    };
    expect(translate({ policyEvent: { ...policyEvent, enforcementLevel: "mandatory" } })).toEqual([
      { type: "saying", severity: "error", text: "Policy limits, app-api-1: No limit." },
    ]);
    expect(translate({ policyEvent: { ...policyEvent, enforcementLevel: "advisory" } })).toMatchObject([
      { severity: "warning" },
    ]);
  });
});

test("a preview is no deed", () => {
  const metadata = {
    op: "create",
    urn: "urn:a::b::docker:index/container:Container::app-1",
    type: "docker:index/container:Container",
  };
  expect(createTranslator()({ resourcePreEvent: { metadata, planning: true } })).toEqual([]);
});

test("secrets are hidden wherever they are", () => {
  const secret = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "x" };
  expect(hideSecrets({ a: [secret], b: { c: secret, d: null, e: 1 } })).toEqual({
    ...{ a: ["[secret]"], b: { c: "[secret]", d: null, e: 1 } },
  });
});
