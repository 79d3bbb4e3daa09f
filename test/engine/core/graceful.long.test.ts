import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeQuietUpdate, describeUpdate } from "./updates";

const first = { VERSION: "1", GRACEFUL: "true" };
const workspace = useDeployment({ name: "graceful", pools: { api: demoPool({ replicas: 3, env: first }) } });

// The update of an application that does not end by itself what it has begun is in the short test.
describe("updates", () => {
  describeUpdate(workspace, { app: "graceful", next: { VERSION: "2", GRACEFUL: "false" } });
  describeQuietUpdate(workspace);
});
