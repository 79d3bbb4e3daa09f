import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeRefused, mistakesOfTheEngine } from "./refused";
import { describeReplicaFailures } from "./replica-failures";
import { describeRollingUpdate, describeUpdate } from "./updates";

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
  // An application that does not end by itself what it has begun is the harder one.
  describeUpdate(workspace, { app: "rude", next: { VERSION: "2", GRACEFUL: "false" } });
  describeRollingUpdate(workspace, { app: "rude", old: "4", next: { VERSION: "5", GRACEFUL: "true" } });
});

describe("configurations", () => {
  describeRefused(workspace, mistakesOfTheEngine);
});
