import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { describeRefused, mistakesOfTheFile } from "./refused";

const workspace = useDeployment({
  name: "refused",
  pools: { api: demoPool({ replicas: 3 }) },
  balancer: { address: "127.0.0.1" },
});

describeRefused(workspace, mistakesOfTheFile);
