import { describe } from "vitest";
import { describeKilledUpdates } from "../support/killed-updates";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const moments = [
  { moment: "replicas are being created", seen: /Container app-api-\d(?:-rolling)? creating/ },
  { moment: "a replica is created", seen: /Container app-api-\d(?:-rolling)? created/ },
  { moment: "replicas wait to be healthy", seen: /app-api-(?:members|\d-rolling-member) creating/ },
  { moment: "a replica is healthy", seen: /app-api-(?:members|\d-rolling-member) created/ },
  { moment: "the balancer is being told", seen: /app-balancer-push creating/ },
  { moment: "the balancer is told", seen: /app-balancer-push created/ },
  { moment: "old replicas leave", seen: /app-api-(?:members|\d-rolling-member) deleting/ },
  { moment: "an old replica has left", seen: /app-api-(?:members|\d-rolling-member) deleted/ },
  { moment: "old replicas are deleted", seen: /Container app-api-\d(?:-rolling)? deleting/ },
  { moment: "an old replica is deleted", seen: /Container app-api-\d(?:-rolling)? deleted/ },
];

for (const strategy of ["blue-green", "rolling"])
  describe(`${strategy} updates that are killed`, () => {
    const pools = { api: demoPool({ replicas: 2, strategy }) };
    const workspace = useDeployment({ name: "killed", pools });
    describeKilledUpdates(
      workspace,
      moments.flatMap((moment) => [
        { ...moment, whatItStarted: "too" as const },
        { ...moment, whatItStarted: "not" as const },
      ]),
      strategy,
    );
  });
