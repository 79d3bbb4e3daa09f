/** One line of numbers. */
export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads what Prometheus reads, and is as strict: each family is told of once, and no line is there twice. */
export function parseMetrics(text: string): Sample[] {
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const seen = new Set<string>();
  let family = "";
  for (const line of text.trimEnd().split("\n")) {
    const [, kind, name = "", rest = ""] = /^# (HELP|TYPE) ([a-zA-Z_:][\w:]*) (.+)$/.exec(line) ?? [];
    if (kind === "HELP") {
      if (types.has(name)) throw new Error(`${name} is told of twice.`);
      family = name;
    } else if (kind === "TYPE") {
      if (name !== family) throw new Error(`The type of ${name} is not below its help.`);
      if (types.has(name)) throw new Error(`${name} has two types.`);
      types.set(name, rest);
    } else {
      const sample = parseSample(line);
      const suffix = types.get(family) === "histogram" ? "(?:_bucket|_sum|_count)" : "";
      if (!new RegExp(`^${family}${suffix}$`).test(sample.name))
        throw new Error(`${sample.name} is not below its help.`);
      const series = line.slice(0, line.lastIndexOf(" "));
      if (seen.has(series)) throw new Error(`${series} is there twice.`);
      seen.add(series);
      samples.push(sample);
    }
  }
  return samples;
}

function parseSample(line: string): Sample {
  const [, name, list = "", value] = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined || !Number.isFinite(Number(value))) throw new Error(`Not a number: ${line}`);
  const labels = [...list.matchAll(/([a-zA-Z_]\w*)="((?:[^"\\\n]|\\.)*)"(?:,|$)/g)].map(
    ([, label = "", text = ""]) => [label, text.replaceAll(/\\(.)/g, "$1")],
  );
  return { name, labels: Object.fromEntries(labels) as Record<string, string>, value: Number(value) };
}
