import { describe, expect, test } from "vitest";
import { ArgumentError, readArguments } from "../../cli/arguments";

describe("the arguments", () => {
  test("have defaults", () => {
    expect(readArguments(["up"])).toEqual({
      command: "up",
      stack: "dev",
      replicas: undefined,
      settings: [],
      yes: false,
      json: false,
      markdown: false,
      volumes: false,
      secretsProvider: undefined,
      passedOn: [],
    });
  });

  test.each([
    ["up --stack prod", { stack: "prod" }],
    ["up --stack=prod", { stack: "prod" }],
    ["preview -s prod", { stack: "prod" }],
    ["up --replicas api=3,worker=2", { replicas: "api=3,worker=2" }],
    ["up --replicas api=3 --replicas worker=2", { replicas: "api=3,worker=2" }],
    [
      "up --set pools.api.port=1 --set=balancer.port=2",
      { settings: ["pools.api.port=1", "balancer.port=2"] },
    ],
    ["down --yes --json", { yes: true, json: true }],
    ["down --volumes", { volumes: true, passedOn: [] }],
    ["up --secrets-provider gcpkms://x", { secretsProvider: "gcpkms://x" }],
    ["up --parallel 8 --diff", { passedOn: ["--parallel", "8", "--diff"] }],
    ["up --parallel=8 -y", { passedOn: ["--parallel=8"], yes: true }],
  ])("%s", (line, expected) => {
    expect(readArguments(line.split(" "))).toMatchObject(expected);
  });

  test.each([["up --help"], ["-h"]])("%s asks for help", (line) => {
    expect(readArguments(line.split(" "))).toBeUndefined();
  });

  test.each([
    [[], "The command must be one of up, preview, down, got nothing."],
    [["destroy"], "The command must be one of up, preview, down, got destroy."],
    [["up", "--stack"], "--stack must have a value, got nothing."],
    [["up", "--stack", "a b"], '--stack must be the name of a stack, got "a b".'],
    [["up", "--set", "pools.api.port"], '--set must be path=value on one line, got "pools.api.port".'],
    [["up", "--set", "a=hunter2\nb"], '--set must be path=value on one line, got "a=…".'],
    [["up", "--volumes"], "--volumes is for down: up removes no data."],
    [["up", "--markdown"], "--markdown is for preview: up says what it does while it does it."],
    [["preview", "--markdown", "--json"], "--markdown and --json cannot be combined."],
    [["down", "--replicas", "api=2"], "--replicas and --set are for up and preview"],
  ])("%j is refused", (args, message) => {
    expect(() => readArguments(args)).toThrow(ArgumentError);
    expect(() => readArguments(args)).toThrow(message);
  });
});
