/** A label of a sample, with its value. */
export type Label = [name: string, value: string];

/** The lines that tell what a metric is, above its samples. */
export function head(name: string, help: string, type: "counter" | "gauge" | "histogram"): string[] {
  return [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`];
}

/** A line with one number. */
export function sample(name: string, labels: Label[], value: number): string {
  const escape = (text: string): string =>
    text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
  const list = labels.map(([label, text]) => `${label}="${escape(text)}"`).join(",");
  return `${name}${list === "" ? "" : `{${list}}`} ${value}`;
}
