import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeRefused } from "./refused";
import { describeReplicaFailures } from "./replica-failures";
import { describeRollingUpdate, describeUpdates } from "./updates";

// One stack for all of them, because making and removing one takes as long as a test.
const workspace = useDeployment({
  name: "three",
  pools: { api: demoPool({ replicas: 3 }) },
  balancer: { address: "127.0.0.1" },
});

describe("failures of replicas", () => {
  describeReplicaFailures(workspace);
});

describe("updates", () => {
  describeUpdates(workspace);
  // The one whose application does not end by itself what it has begun is the harder one.
  describeRollingUpdate(workspace, {
    app: "rude",
    old: "4",
    next: { VERSION: "5", GRACEFUL: "true" },
  });
});

describe("configurations", () => {
  describeRefused(workspace);
});
