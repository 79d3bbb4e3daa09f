/** From where on alerts fire; percentages from 0 to 100. */
export interface Thresholds {
  /** Use of processors by the host, or by a container of what it may use. */
  cpuPercent: number;
  /** Use of memory, by the same. */
  memoryPercent: number;
  /** Use of a disk. */
  diskPercent: number;
  /** Duration within which 95 of 100 requests are answered. */
  responseSeconds: number;
  /** Share of requests that fail. */
  errorPercent: number;
  /** Share of a store's connections that are taken. */
  connectionsPercent: number;
  /** How many times its fair share a replica may get. */
  unevenFactor: number;
  /** Days that a certificate is still good for. */
  certificateDays: number;
  /** Hours since the last good backup. */
  backupHours: number;
  /** Seconds that a store's copy may be behind. */
  lagSeconds: number;
  /** Use of processors above which more replicas are advised. */
  scaleUpCpuPercent: number;
  /** Use of processors below which fewer replicas are advised. */
  scaleDownCpuPercent: number;
  /** Seconds after a deployment in which what it brings about is told to nobody. */
  deploymentSeconds: number;
  /** Share of requests that must be answered well. */
  availabilityPercent: number;
}
