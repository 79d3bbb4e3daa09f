import type { RecordingRule, RuleGroup } from "./model";

/** Disks with files that stay, seen once each. */
const disks = '{fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs|nsfs|fuse.*"}';
const parts = "role, service, pool, replica, store, server";
const byContainer = `by (${parts})`;
/** Control groups of containers have their id in their name, whatever driver the engine has. */
const container = '{id=~".*[0-9a-f]{64}.*"}';

/** The golden signals of the host, of its containers, and of the stores. */
export function machineRules(window: string): RuleGroup<RecordingRule>[] {
  return [
    { name: "host", rules: hostRules(window) },
    { name: "containers", rules: containerRules(window) },
    { name: "stores", rules: storeRules(window) },
  ];
}

function hostRules(window: string): RecordingRule[] {
  return [
    {
      record: "host:cpu:ratio",
      expr: `1 - avg by (instance) (rate(node_cpu_seconds_total{mode="idle"}[${window}]))`,
    },
    { record: "host:memory:ratio", expr: "1 - node_memory_MemAvailable_bytes / node_memory_MemTotal_bytes" },
    {
      record: "host:disk:ratio",
      expr: `max by (instance, device) (1 - node_filesystem_avail_bytes${disks} / (node_filesystem_size_bytes${disks} > 0))`,
    },
    {
      record: "host:disk_io:ratio",
      expr: `max by (instance, device) (rate(node_disk_io_time_seconds_total[${window}]))`,
    },
    {
      record: "host:load:ratio",
      expr: 'node_load5 / on (instance) count by (instance) (node_cpu_seconds_total{mode="idle"})',
    },
  ];
}

/** What cAdvisor says, by what the last deployment says of the container. */
function containerRules(window: string): RecordingRule[] {
  const named = (expr: string): string =>
    `label_replace(${expr}, "container_id", "$1", "id", ".*([0-9a-f]{64}).*") * on (container_id) group_left (${parts}) max by (container_id, ${parts}) (flotilla_container_info)`;
  return [
    {
      record: "container:cpu:cores",
      expr: `sum ${byContainer} (${named(`rate(container_cpu_usage_seconds_total${container}[${window}])`)})`,
    },
    {
      record: "container:cpu:ratio",
      expr: `container:cpu:cores / (max ${byContainer} (${named(`container_spec_cpu_quota${container} / container_spec_cpu_period${container}`)}) > 0)`,
    },
    {
      record: "container:memory:bytes",
      expr: `sum ${byContainer} (${named(`container_memory_working_set_bytes${container}`)})`,
    },
    {
      record: "container:memory:ratio",
      expr: `container:memory:bytes / (max ${byContainer} (${named(`container_spec_memory_limit_bytes${container}`)}) > 0)`,
    },
  ];
}

function storeRules(window: string): RecordingRule[] {
  const by = "by (store, engine, server)";
  // Each member of a set knows how far the others are: the label is of the one that lags.
  const lagging = `label_replace(mongodb_mongod_replset_member_replication_lag, "server", "$1", "name", "(.+):[0-9]+")`;
  return [
    {
      record: "store:up:bool",
      expr: `min ${by} (redis_up) or min ${by} (pg_up) or min ${by} (mongodb_up) or min ${by} (kafka_up)`,
    },
    {
      record: "store:operations:rate",
      expr: `sum ${by} (rate(redis_commands_processed_total[${window}])) or sum ${by} (rate(pg_stat_database_xact_commit[${window}])) or sum ${by} (rate(mongodb_ss_metrics_commands_total[${window}])) or sum ${by} (rate(kafka_topic_partition_current_offset[${window}]))`,
    },
    {
      record: "store:connections:count",
      expr: `max ${by} (redis_connected_clients) or sum ${by} (pg_stat_database_numbackends) or max ${by} (mongodb_ss_connections{conn_type="current"})`,
    },
    {
      record: "store:connections:ratio",
      expr: `store:connections:count / (max ${by} (redis_max_clients) or max ${by} (pg_settings_max_connections) or sum ${by} (mongodb_ss_connections{conn_type=~"current|available"}))`,
    },
    {
      record: "store:data:bytes",
      expr: `max ${by} (redis_memory_used_bytes) or sum ${by} (pg_database_size_bytes) or sum ${by} (mongodb_dbstats_totalSize) or sum ${by} (kafka_topic_partition_size_bytes)`,
    },
    {
      record: "store:memory:ratio",
      expr: `max ${by} (redis_memory_used_bytes) / (max ${by} (redis_memory_max_bytes) > 0)`,
    },
    {
      record: "store:lag:seconds",
      expr: `max ${by} (redis_master_last_io_seconds_ago) or max ${by} (pg_replication_lag_seconds) or max ${by} (${lagging})`,
    },
    {
      record: "store:copies_missing:count",
      expr: `sum ${by} (kafka_topic_partition_under_replicated_partition)`,
    },
    {
      record: "store:unread:messages",
      expr: "sum by (store, engine, server, consumergroup, topic) (kafka_consumergroup_lag)",
    },
  ];
}
