import { describeKilledUpdates } from "../support/killed-updates";

// What Pulumi started is killed too, as by a machine that goes down, or lives on, as after a kill of `pulumi` alone.
describeKilledUpdates([
  { moment: "replicas are being created", seen: /Container app-api-\d creating/, whatItStarted: "too" },
  { moment: "replicas wait to be healthy", seen: /app-api-\d-member creating/, whatItStarted: "not" },
  { moment: "the balancer is being told", seen: /app-balancer-push creating/, whatItStarted: "too" },
  { moment: "old replicas leave", seen: /app-api-\d-member deleting original/, whatItStarted: "not" },
  {
    moment: "old replicas are deleted",
    seen: /Container app-api-\d deleting original/,
    whatItStarted: "too",
  },
]);
