import { describe } from "vitest";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeSwitches } from "./switches";

const workspace = useDeployment({
  name: "switches",
  pools: { api: demoPool({ replicas: 2, env: { VERSION: "0" } }) },
});

describe("mechanisms that are switched off", () => {
  describeSwitches(workspace);
});
