import * as pulumi from "@pulumi/pulumi";
import { beforeAll, describe, expect, test, vi } from "vitest";
import { readTestSwitches } from "../../../components/resources/test-switches";

describe("mechanisms that a test switches off", () => {
  beforeAll(() => {
    vi.spyOn(pulumi.log, "warn").mockResolvedValue();
  });

  test("are none in an ordinary run", () => {
    expect(readTestSwitches({})).toEqual([]);
    expect(readTestSwitches({ FLOTILLA_TEST: "true" })).toEqual([]);
  });

  test("are those that it names, and are told of", () => {
    const found = readTestSwitches({ FLOTILLA_TEST: "true", FLOTILLA_TEST_WITHOUT: "gate,drain" });
    expect(found).toEqual(["gate", "drain"]);
    expect(pulumi.log.warn).toHaveBeenCalledWith(expect.stringContaining("gate, drain"));
  });

  test.each([
    ["in a run that is no test's", { FLOTILLA_TEST_WITHOUT: "gate" }],
    ["where there is no such one", { FLOTILLA_TEST: "true", FLOTILLA_TEST_WITHOUT: "gates" }],
  ])("end the run %s", (_, environment) => {
    expect(() => readTestSwitches(environment)).toThrow("FLOTILLA_TEST_WITHOUT must be left out");
  });
});
