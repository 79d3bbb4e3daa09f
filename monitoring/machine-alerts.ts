import type { Alert, Thresholds } from "./model";

const percent = "{{ $value | humanizePercentage }}";
const container = "{{ $labels.service }}/{{ $labels.replica }}{{ $labels.server }}";
const store = "{{ $labels.store }}";

/** What runs out: of hosts, of containers, of stores, of certificates and backups. */
export function machineAlerts(thresholds: Thresholds): Alert[] {
  return [
    ...hostAlerts(thresholds),
    ...containerAlerts(thresholds),
    ...storeAlerts(thresholds),
    ...dateAlerts(thresholds),
  ];
}

function hostAlerts({ cpuPercent, memoryPercent, diskPercent }: Thresholds): Alert[] {
  return [
    {
      alert: "HostCpuHigh",
      expr: `host:cpu:ratio > ${cpuPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `The host uses ${percent} of its processors.`,
    },
    {
      alert: "HostMemoryHigh",
      expr: `host:memory:ratio > ${memoryPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `The host uses ${percent} of its memory.`,
    },
    {
      alert: "DiskFilling",
      expr: `host:disk:ratio > ${diskPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `The disk {{ $labels.device }} is ${percent} full.`,
    },
    {
      alert: "DiskFull",
      expr: "host:disk:ratio > 0.95",
      for: "1m",
      severity: "critical",
      summary: `The disk {{ $labels.device }} is ${percent} full.`,
    },
  ];
}

function containerAlerts({ cpuPercent, memoryPercent }: Thresholds): Alert[] {
  return [
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
  ];
}

function storeAlerts({ connectionsPercent, memoryPercent, lagSeconds }: Thresholds): Alert[] {
  return [
    {
      alert: "StoreDown",
      expr: "store:up:bool == 0",
      for: "20s",
      severity: "critical",
      summary: `The server {{ $labels.server }} of ${store} does not answer.`,
    },
    {
      alert: "StoreNotMeasured",
      expr: 'up{store!=""} == 0',
      for: "1m",
      severity: "warning",
      summary: `The exporter of {{ $labels.server }} of ${store} does not answer.`,
    },
    {
      alert: "StoreConnectionsHigh",
      expr: `store:connections:ratio > ${connectionsPercent / 100}`,
      for: "2m",
      severity: "warning",
      summary: `${percent} of the connections of ${store} are taken.`,
    },
    {
      alert: "StoreMemoryHigh",
      expr: `store:memory:ratio > ${memoryPercent / 100}`,
      for: "5m",
      severity: "warning",
      summary: `${store} uses ${percent} of the memory for its data.`,
    },
    {
      alert: "StoreLags",
      expr: `store:lag:seconds > ${lagSeconds}`,
      for: "1m",
      severity: "warning",
      summary: `A copy of ${store} is {{ $value | humanizeDuration }} behind.`,
    },
    {
      alert: "BrokerDown",
      expr: "kafka_broker_up == 0",
      for: "20s",
      severity: "critical",
      summary: `Broker {{ $labels.broker }} of ${store} does not answer.`,
    },
    {
      alert: "StoreCopiesMissing",
      expr: "store:copies_missing:count > 0",
      for: "2m",
      severity: "warning",
      summary: `{{ $value }} partitions of ${store} are on fewer brokers than they should be.`,
    },
    {
      alert: "ConsumersFallBehind",
      expr: "store:unread:messages > 1000 and deriv(store:unread:messages[10m]) > 0",
      for: "10m",
      severity: "warning",
      summary: `{{ $labels.consumergroup }} reads {{ $labels.topic }} of ${store} more slowly than it is written; {{ $value }} messages are to be read.`,
    },
  ];
}

function dateAlerts({ certificateDays, backupHours }: Thresholds): Alert[] {
  const left = "min by (service, certificate) (flotilla_certificate_expiry_timestamp_seconds) - time()";
  return [
    {
      alert: "CertificateExpires",
      expr: `${left} < ${certificateDays * 86_400}`,
      for: "1m",
      severity: "warning",
      summary:
        "{{ $labels.certificate }} of {{ $labels.service }} expires in {{ $value | humanizeDuration }}.",
    },
    {
      alert: "CertificateExpired",
      expr: `${left} <= 0`,
      for: "0s",
      severity: "critical",
      summary: "{{ $labels.certificate }} of {{ $labels.service }} has expired.",
    },
    {
      alert: "BackupMissed",
      expr: `time() - max by (store) (flotilla_backup_last_success_timestamp_seconds) > ${backupHours * 3600}`,
      for: "1m",
      severity: "critical",
      summary: `The last good backup of ${store} is {{ $value | humanizeDuration }} old.`,
    },
    {
      alert: "BackupFails",
      expr: "increase(flotilla_backup_failures_total[6h]) > 0",
      for: "1m",
      severity: "warning",
      summary: `A backup of ${store} has failed.`,
    },
  ];
}
