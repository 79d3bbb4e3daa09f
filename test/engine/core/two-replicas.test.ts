import { describe } from "vitest";
import { describeKilledUpdates } from "../support/killed-updates";
import { useWorkspace } from "../support/use-workspace";
import { badFirstPool, describeBadVersions } from "./bad-versions";

// One stack for all of them, because making and removing one takes as long as a test.
const workspace = useWorkspace({ name: "two", pools: { api: badFirstPool } });

describe("bad versions", () => {
  describeBadVersions(workspace);
});

// All moments are in the long test, and the other way of being killed.
describe("updates that are killed", () => {
  describeKilledUpdates(workspace, [
    { moment: "old replicas leave", seen: /app-api-members deleting original/, whatItStarted: "not" },
  ]);
});
