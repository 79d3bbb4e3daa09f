/** Samples, one every ten seconds, of a series; `0+5x240` starts at 0 and adds 5. */
export type Series = Record<string, string>;

/** Situations in which an alert has to fire, and in which it must not. */
export interface AlertCase {
  fired: Series;
  /** Further ones. */
  alsoFired?: Record<string, Series>;
  silent: Record<string, Series>;
}

/** Number of samples: 40 minutes. */
const samples = 240;
/** When the alerts are looked at, in seconds. */
export const lookAt = samples * 10;
const pool = 'service="app",pool="api"';
const balancer = `job="balancer",balancer="balancer",${pool}`;

/** A counter that grows by an amount in each second. */
const grows = (perSecond: number): string => `0+${perSecond * 10}x${samples}`;
const stays = (value: number): string => `${value}+0x${samples}`;
/** Something that is well but for the last minutes. */
const becomes = (before: number, after: number, minutes: number): string =>
  `${before}+0x${samples - minutes * 6} ${after}+0x${minutes * 6}`;

/** Requests per second, of which a share fails. */
const requests = (failing: number): Series => ({
  [`flotilla_requests_total{${balancer},replica="api-1",class="2xx"}`]: grows(100 * (1 - failing)),
  [`flotilla_requests_total{${balancer},replica="api-1",class="5xx"}`]: grows(100 * failing),
});

/** Requests of which a share takes more than 2.5 s; the others at most one. */
const durations = (slow: number): Series => {
  const series = (le: string, rate: number): Series => ({
    [`flotilla_request_duration_seconds_bucket{${balancer},le="${le}"}`]: grows(rate),
  });
  return {
    ...series("1", 100 * (1 - slow)),
    ...series("2.5", 100 * (1 - slow)),
    ...series("5", 100),
    ...series("+Inf", 100),
  };
};

const tries = (...rates: number[]): Series =>
  Object.fromEntries(
    rates.flatMap((rate, index) => [
      [`flotilla_try_duration_seconds_count{${balancer},replica="api-${index + 1}"}`, grows(rate)],
      [`flotilla_requests_total{${balancer},replica="api-${index + 1}",class="2xx"}`, grows(rate)],
      [`flotilla_replica_up{${balancer},replica="api-${index + 1}"}`, stays(1)],
    ]),
  );

const replicaUp = (replica: string, values: string): Series => ({
  [`flotilla_replica_up{${balancer},replica="${replica}"}`]: values,
});
const one = (series: string, value: string): Series => ({ [series]: value });

const idle = (share: number): Series =>
  one('node_cpu_seconds_total{instance="host",mode="idle",cpu="0"}', grows(share));
const memory = (free: number): Series => ({
  ...one('node_memory_MemTotal_bytes{instance="host"}', stays(100)),
  ...one('node_memory_MemAvailable_bytes{instance="host"}', stays(free)),
});
const disk = (free: number, type = "ext4"): Series => {
  const labels = `{instance="host",device="/dev/sda1",fstype="${type}",mountpoint="/"}`;
  return {
    [`node_filesystem_size_bytes${labels}`]: stays(100),
    [`node_filesystem_avail_bytes${labels}`]: stays(free),
  };
};

const containerId = "0123456789abcdef".repeat(4);
const named = `id="/docker/${containerId}"`;
const info = one(
  `flotilla_container_info{container_id="${containerId}",role="replica",${pool},replica="api-1"}`,
  stays(1),
);
const workerInfo = one(
  `flotilla_container_info{container_id="${containerId}",role="worker",${pool},replica="api-1"}`,
  stays(1),
);
const workerUp = (number: string, values: string): Series =>
  one(`up{job="pool",${pool},replica="api-${number}"}`, values);
const containersUp = (value: number): Series =>
  one('up{job="containers",instance="containers"}', stays(value));
const containerCpu = (cores: number): Series => ({
  ...info,
  [`container_cpu_usage_seconds_total{${named}}`]: grows(cores),
  [`container_spec_cpu_quota{${named}}`]: stays(50_000),
  [`container_spec_cpu_period{${named}}`]: stays(100_000),
});
const containerMemory = (used: number): Series => ({
  ...info,
  [`container_memory_working_set_bytes{${named}}`]: stays(used),
  [`container_spec_memory_limit_bytes{${named}}`]: stays(100),
});

const store = 'job="redis",store="cache",engine="redis",server="cache-1"';
const database = 'job="postgres",store="main",engine="postgres",server="main-1"';
const events = 'job="kafka",store="events",engine="kafka",server="events"';
const partition = `${events},topic="orders",partition="0"`;
const readers = `${partition},consumergroup="readers"`;
const member = 'job="mongodb",store="orders",engine="mongodb",server="orders-1"';
const openConnections = (current: number, available: number): Series => ({
  [`mongodb_ss_connections{${member},conn_type="current"}`]: stays(current),
  [`mongodb_ss_connections{${member},conn_type="available"}`]: stays(available),
});
const lag = (seconds: number): Series =>
  one(
    `mongodb_mongod_replset_member_replication_lag{${member},name="orders-2:27017",set="orders",state="SECONDARY"}`,
    stays(seconds),
  );
const processCpu = (cores: number): Series =>
  Object.fromEntries(
    [1, 2].map((number) => [
      `process_cpu_seconds_total{job="pool",${pool},replica="api-${number}"}`,
      grows(cores),
    ]),
  );
const certificate = (days: number): Series =>
  one(
    'flotilla_certificate_expiry_timestamp_seconds{job="balancer",service="app",certificate="certificates/1.pem"}',
    stays(lookAt + days * 86_400),
  );
const backup = (hours: number): Series =>
  one('flotilla_backup_last_success_timestamp_seconds{store="main"}', stays(lookAt - hours * 3600));

/** The alerts, each with what makes it fire and what must leave it silent. */
export const alertCases: Record<string, AlertCase> = {
  ReplicaDown: {
    fired: { ...replicaUp("api-1", stays(1)), ...replicaUp("api-2", becomes(1, 0, 3)) },
    silent: {
      "all are up": { ...replicaUp("api-1", stays(1)), ...replicaUp("api-2", stays(1)) },
      "down since a moment": replicaUp("api-2", `1+0x${samples - 1} 0`),
    },
  },
  ReplicaNotMeasured: {
    fired: one(`up{job="pool",${pool},replica="api-1"}`, becomes(1, 0, 3)),
    silent: {
      "all are measured": one(`up{job="pool",${pool},replica="api-1"}`, stays(1)),
      "a balancer is not": one('up{job="balancer",service="app"}', stays(0)),
    },
  },
  AllReplicasDown: {
    fired: { ...replicaUp("api-1", becomes(1, 0, 3)), ...replicaUp("api-2", stays(0)) },
    silent: { "one of two is up": { ...replicaUp("api-1", stays(1)), ...replicaUp("api-2", stays(0)) } },
  },
  AllWorkersDown: {
    fired: { ...workerUp("1", becomes(1, 0, 3)), ...workerUp("2", stays(0)) },
    alsoFired: { "no container of theirs is measured": { ...workerInfo, ...containersUp(1) } },
    silent: {
      "one of two answers": { ...workerUp("1", stays(1)), ...workerUp("2", stays(0)) },
      "a balancer speaks for them": { ...workerUp("1", stays(0)), ...replicaUp("api-1", stays(1)) },
      "their containers are measured": {
        ...workerInfo,
        ...containersUp(1),
        [`container_memory_working_set_bytes{${named}}`]: stays(1),
      },
      "nobody measures containers": { ...workerInfo, ...containersUp(0) },
    },
  },
  BalancerDown: {
    fired: one('up{job="balancer",service="app",balancer="balancer"}', becomes(1, 0, 3)),
    silent: { "it answers": one('up{job="balancer",service="app",balancer="balancer"}', stays(1)) },
  },
  ErrorRateHigh: {
    fired: requests(0.02),
    silent: { "9 of 1,000 fail": requests(0.009), "nobody asks": tries(0, 0) },
  },
  ResponseSlow: {
    fired: durations(0.1),
    silent: { "4 of 100 are slow": durations(0.04) },
  },
  UnevenDistribution: {
    fired: tries(90, 10, 10, 10),
    silent: { even: tries(30, 31, 29, 30), "hardly anybody asks": tries(0.5, 0, 0, 0) },
  },
  ScaleUpAdvised: {
    fired: { ...containerCpu(0.4), ...tries(1) },
    silent: { "60 % of the limit": containerCpu(0.3), "60 % of a processor": processCpu(0.6) },
  },
  ScaleDownAdvised: {
    fired: { ...processCpu(0.1), ...tries(1, 1) },
    silent: {
      "40 % of a processor": { ...processCpu(0.4), ...tries(1, 1) },
      "one replica": { ...processCpu(0.1), ...tries(1) },
    },
  },
  ErrorBudgetBurnsFast: {
    fired: requests(0.02),
    silent: { "5 of 1,000 fail": requests(0.005) },
  },
  ErrorBudgetBurnsSlowly: {
    fired: requests(0.002),
    silent: { "1 of 2,000 fails": requests(0.0005) },
  },
  HostCpuHigh: { fired: idle(0.15), silent: { "75 % in use": idle(0.25) } },
  HostMemoryHigh: { fired: memory(15), silent: { "75 % in use": memory(25) } },
  DiskFilling: {
    fired: disk(15),
    silent: { "75 % in use": disk(25), "a disk in memory": disk(1, "tmpfs") },
  },
  DiskFull: { fired: disk(4), silent: { "94 % in use": disk(6) } },
  ContainerCpuHigh: { fired: containerCpu(0.45), silent: { "70 % of the limit": containerCpu(0.35) } },
  ContainerMemoryHigh: {
    fired: containerMemory(85),
    silent: {
      "75 % of the limit": containerMemory(75),
      "no limit": { ...containerMemory(85), [`container_spec_memory_limit_bytes{${named}}`]: stays(0) },
    },
  },
  StoreDown: {
    fired: one(`redis_up{${store}}`, becomes(1, 0, 3)),
    alsoFired: { "a MongoDB is down": one(`mongodb_up{${member}}`, becomes(1, 0, 3)) },
    silent: {
      "all are up": {
        [`redis_up{${store}}`]: stays(1),
        [`pg_up{${database}}`]: stays(1),
        [`mongodb_up{${member}}`]: stays(1),
      },
    },
  },
  StoreNotMeasured: {
    fired: one(`up{${database}}`, becomes(1, 0, 3)),
    silent: { "it is": one(`up{${database}}`, stays(1)) },
  },
  StoreConnectionsHigh: {
    fired: {
      [`pg_stat_database_numbackends{${database},datname="app"}`]: stays(90),
      [`pg_settings_max_connections{${database}}`]: stays(100),
    },
    alsoFired: { "85 % of a MongoDB's are taken": openConnections(85, 15) },
    silent: {
      "half are taken": {
        [`redis_connected_clients{${store}}`]: stays(50),
        [`redis_max_clients{${store}}`]: stays(100),
      },
      "75 % of a MongoDB's are taken": openConnections(75, 25),
    },
  },
  StoreMemoryHigh: {
    fired: {
      [`redis_memory_used_bytes{${store}}`]: stays(90),
      [`redis_memory_max_bytes{${store}}`]: stays(100),
    },
    silent: {
      "half is in use": {
        [`redis_memory_used_bytes{${store}}`]: stays(50),
        [`redis_memory_max_bytes{${store}}`]: stays(100),
      },
      "no limit": {
        [`redis_memory_used_bytes{${store}}`]: stays(90),
        [`redis_memory_max_bytes{${store}}`]: stays(0),
      },
    },
  },
  StoreLags: {
    fired: one(`pg_replication_lag_seconds{${database}}`, stays(45)),
    alsoFired: { "a member of a set is 45 s behind": lag(45) },
    silent: {
      "2 s behind": one(`pg_replication_lag_seconds{${database}}`, stays(2)),
      "a member of a set is 2 s behind": lag(2),
    },
  },
  BrokerDown: {
    fired: one(`kafka_broker_up{${events},broker="2"}`, becomes(1, 0, 3)),
    silent: { "it answers": one(`kafka_broker_up{${events},broker="2"}`, stays(1)) },
  },
  StoreCopiesMissing: {
    fired: one(`kafka_topic_partition_under_replicated_partition{${partition}}`, stays(1)),
    silent: {
      "all are there": one(`kafka_topic_partition_under_replicated_partition{${partition}}`, stays(0)),
    },
  },
  ConsumersFallBehind: {
    fired: one(`kafka_consumergroup_lag{${readers}}`, `0+50x${samples}`),
    silent: {
      "many are left, and become fewer": one(`kafka_consumergroup_lag{${readers}}`, `90000-50x${samples}`),
      "few are left": one(`kafka_consumergroup_lag{${readers}}`, `0+1x${samples}`),
    },
  },
  CertificateExpires: { fired: certificate(20), silent: { "good for 22 days": certificate(22) } },
  CertificateExpired: { fired: certificate(-1), silent: { "good for a day": certificate(1) } },
  BackupMissed: { fired: backup(27), silent: { "a day old": backup(24) } },
  BackupFails: {
    fired: one('flotilla_backup_failures_total{store="main"}', `0+0x${samples - 12} 1+0x12`),
    silent: { "an old failure": one('flotilla_backup_failures_total{store="main"}', stays(3)) },
  },
};
