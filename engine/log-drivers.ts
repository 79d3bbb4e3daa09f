import { labelName } from "./labels";

/** Where a container's log goes, and how much of it the engine keeps. */
export interface Logs {
  maxSizeMiB: number;
  maxFiles: number;
  /** Docker's name of the driver. */
  driver: string;
  /** Options of the driver, by Docker's names. */
  options: Record<string, string>;
}

/** Drivers that write files of the engine, from which it shows the log. */
const fileDrivers = ["json-file", "local"];

/** Options of how much is kept: by those drivers, and as a copy beside all others. */
const [fileSize, fileCount, copySize, copyCount] = [
  "max-size",
  "max-file",
  "cache-max-size",
  "cache-max-file",
] as const;

/** Options that follow from other settings. */
export const derivedOptions: string[] = [fileSize, fileCount, copySize, copyCount];

/** Drivers that can say whose line it is: by a name, and by the container's labels. */
const named = ["awslogs", "fluentd", "gelf", "journald", "splunk", "syslog"];
const labelled = ["fluentd", "gelf", "gcplogs", "journald", "splunk"];
const ownLabels = (["stack", "pool", "replica", "role"] as const).map(labelName).join(",");

/**
 * Options of the driver for a container that has this title. Where the engine writes no files, it keeps a copy, which `docker logs`
 * shows. Who takes the log may be slow or gone: no application waits for it.
 */
export function renderLogOptions(
  { driver, options, maxSizeMiB, maxFiles }: Logs,
  title: string,
): Record<string, string> {
  const [size, count] = [`${maxSizeMiB}m`, String(maxFiles)];
  if (driver === "none") return options;
  if (fileDrivers.includes(driver)) return { [fileSize]: size, [fileCount]: count, ...options };
  return {
    mode: "non-blocking",
    [copySize]: size,
    [copyCount]: count,
    ...(named.includes(driver) ? { tag: title } : {}),
    ...(labelled.includes(driver) ? { labels: ownLabels } : {}),
    ...options,
  };
}
