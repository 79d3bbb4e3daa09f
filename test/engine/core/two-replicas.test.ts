import { describe } from "vitest";
import { describeKilledUpdates } from "../support/killed-updates";
import { useWorkspace } from "../support/use-workspace";
import { badFirstPool, describeBadVersions } from "./bad-versions";
import { describeSwitches } from "./switches";

// One stack for all of them, because making and removing one takes as long as a test.
const workspace = useWorkspace({ name: "two", pools: { api: badFirstPool } });

describe("bad versions", () => {
  describeBadVersions(workspace);
});

// All moments are in the long test. What Pulumi started is killed too, as by a machine that goes down, or lives on, as after a kill of `pulumi` alone.
describe("updates that are killed", () => {
  describeKilledUpdates(workspace, [
    { moment: "replicas wait to be healthy", seen: /app-api-members creating/, whatItStarted: "too" },
    { moment: "old replicas leave", seen: /app-api-members deleting original/, whatItStarted: "not" },
  ]);
});

describe("mechanisms that are switched off", () => {
  describeSwitches(workspace);
});
