import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeReplicaFailures } from "./replica-failures";
import { describeUpdates } from "./updates";

// One stack for all of them, because making and removing one takes as long as a test.
const workspace = useDeployment({ name: "three", pools: { api: demoPool({ replicas: 3 }) } });

describe("failures of replicas", () => {
  describeReplicaFailures(workspace);
});

describe("updates", () => {
  describeUpdates(workspace);
});
