import type { RuleSubject } from "./rule";

/** The balancers themselves. */
export const balancers: RuleSubject = {
  name: "balancers",
  recordings: (window) => [
    {
      record: "balancer:requests:rate",
      expr: `sum by (service, balancer, class) (rate(flotilla_requests_total[${window}]))`,
    },
    {
      record: "balancer:connections:count",
      expr: "sum by (service, balancer, state) (flotilla_connections)",
    },
    {
      record: "route:limited:rate",
      expr: `sum by (service, balancer, route) (rate(flotilla_limited_total[${window}]))`,
    },
  ],
  alerts: () => [
    {
      alert: "BalancerDown",
      expr: 'up{job="balancer"} == 0',
      for: "20s",
      severity: "critical",
      summary: "The balancer {{ $labels.service }}/{{ $labels.balancer }} does not answer.",
    },
  ],
};
