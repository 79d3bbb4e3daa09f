import { percent, type RuleSubject } from "./rule";

/** Disks with files that stay, seen once each. */
const disks = '{fstype!~"tmpfs|ramfs|overlay|squashfs|devtmpfs|nsfs|fuse.*"}';
const full = `The disk {{ $labels.device }} is ${percent} full.`;

/** Resources that run out on the engine's host. */
export const host: RuleSubject = {
  name: "host",
  recordings: (window) => [
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
  ],
  alerts: ({ cpuPercent, memoryPercent, diskPercent }) => [
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
      summary: full,
    },
    {
      alert: "DiskFull",
      expr: "host:disk:ratio > 0.95",
      for: "1m",
      severity: "critical",
      summary: full,
    },
  ],
};
