import { percent, type RuleSubject } from "./rule";

const parts = "role, service, pool, replica, store, server";
const byContainer = `by (${parts})`;
/** Control groups of containers have their id in their name, whatever driver the engine has. */
const ids = '{id=~".*[0-9a-f]{64}.*"}';
const container = "{{ $labels.service }}/{{ $labels.replica }}{{ $labels.server }}";

/** Names figures of cAdvisor by what the last deployment says of the container. */
const named = (expr: string): string =>
  `label_replace(${expr}, "container_id", "$1", "id", ".*([0-9a-f]{64}).*") * on (container_id) group_left (${parts}) max by (container_id, ${parts}) (flotilla_container_info)`;

/** Resources that run out in a container. */
export const containers: RuleSubject = {
  name: "containers",
  recordings: (window) => [
    {
      record: "container:cpu:cores",
      expr: `sum ${byContainer} (${named(`rate(container_cpu_usage_seconds_total${ids}[${window}])`)})`,
    },
    {
      record: "container:cpu:ratio",
      expr: `container:cpu:cores / (max ${byContainer} (${named(`container_spec_cpu_quota${ids} / container_spec_cpu_period${ids}`)}) > 0)`,
    },
    {
      record: "container:memory:bytes",
      expr: `sum ${byContainer} (${named(`container_memory_working_set_bytes${ids}`)})`,
    },
    {
      record: "container:memory:ratio",
      expr: `container:memory:bytes / (max ${byContainer} (${named(`container_spec_memory_limit_bytes${ids}`)}) > 0)`,
    },
  ],
  alerts: ({ cpuPercent, memoryPercent }) => [
    {
      alert: "ContainerCpuHigh",
      expr: `container:cpu:ratio > ${cpuPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `${container} uses ${percent} of the processors it may use.`,
      duringDeployments: "quiet",
    },
    {
      alert: "ContainerMemoryHigh",
      expr: `container:memory:ratio > ${memoryPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `${container} uses ${percent} of the memory it may use.`,
    },
  ],
};
