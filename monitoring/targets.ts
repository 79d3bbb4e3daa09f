/** Something that Prometheus asks for figures. */
export interface Target {
  job: string;
  address: string;
  path: string;
  labels: Record<string, string>;
}

/** Renders a list of targets as Prometheus discovers them in a file; the same text for the same targets. */
export function renderTargets(targets: Target[]): string {
  const groups = targets.map(({ job, address, path, labels }) => ({
    targets: [address],
    labels: { job, __metrics_path__: path, ...labels },
  }));
  const texts = groups.map((group) => JSON.stringify(group)).sort();
  return texts.length === 0 ? "[]\n" : `[\n${texts.join(",\n")}\n]\n`;
}
