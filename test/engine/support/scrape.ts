import type { ScrapeTarget } from "../../../components";
import { docker } from "./engine";

/** Figures by name and labels, as they were told. */
export type Figures = Map<string, number>;

/** Asks a target as Prometheus does: from its network, of which the asking container has no other. */
export async function scrape({ address, path, network }: ScrapeTarget): Promise<Figures> {
  const program = `fetch("http://${address}${path}").then(async (answer) => { if (!answer.ok) throw answer.status; process.stdout.write(await answer.text()) }).catch((error) => { console.error(error); process.exit(1) })`;
  return parseFigures(
    await docker("run", "--rm", `--network=${network}`, "node:24-slim", "node", "-e", program),
  );
}

/** Reads Prometheus' text; labels stay as they are written. */
function parseFigures(text: string): Figures {
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(
    lines.map((line) => {
      const [, name = "", value = ""] = /^(.*) (\S+)$/.exec(line) ?? [];
      return [name, Number(value)];
    }),
  );
}

/** The sum of a figure over all series whose labels hold a text. */
export function sumFigures(figures: Figures, name: string, labels = ""): number {
  const found = [...figures].filter(([key]) => key.split("{")[0] === name && key.includes(labels));
  if (found.length === 0) throw new Error(`There is no figure ${name} with ${labels}.`);
  return found.reduce((sum, [, value]) => sum + value, 0);
}
