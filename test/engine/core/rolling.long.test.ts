import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeRollingUpdate } from "./updates";

const first = { VERSION: "1", GRACEFUL: "true" };
const workspace = useDeployment({ name: "rolling", pools: { api: demoPool({ replicas: 3, env: first }) } });

describe("updates", () => {
  describeRollingUpdate(workspace, {
    app: "graceful",
    old: "1",
    next: { VERSION: "2", GRACEFUL: "false" },
  });
});
