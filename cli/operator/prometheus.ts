import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { prometheusPlaces } from "../../monitoring/places";

/** The servers of Prometheus that run in a stack. */
export function findPrometheus(parts: Part[]): Part[] {
  return parts.filter(
    ({ role, title, state }) => role === "monitoring" && title === "prometheus" && state === "running",
  );
}

/** Stands between two answers; no line of an answer is like it. */
const end = "--- flotilla: end of an answer";

/** Asks Prometheus for these paths, and gives what it answers to each; undefined where that is no success. */
export async function askPrometheus(
  engine: Engine,
  { id }: Part,
  paths: string[],
  seconds = 10,
): Promise<(object | undefined)[]> {
  const { stdout } = await engine.inside(id, renderScript(paths), { seconds }).catch(() => ({ stdout: "" }));
  const answers = stdout.split(`${end}\n`);
  return paths.map((_, at) => parseAnswer(answers[at] ?? ""));
}

// Prometheus gives up what it calculates for somebody who says no more, so lines follow until it has answered.
const stay = "while echo; do sleep 0.1; done 2>/dev/null";

// The password is in the file of the health check's request, and stays in the container.
function renderScript(paths: string[]): string {
  const { readyRequest } = prometheusPlaces;
  return paths
    .map(
      (path) =>
        `{ sed 's#^GET [^ ]*#GET ${path.replaceAll("&", String.raw`\&`)}#' ${readyRequest}; ${stay}; } | nc 127.0.0.1 9090; echo; echo '${end}'`,
    )
    .join("\n");
}

/** Reads an answer of Prometheus, with its head. */
export function parseAnswer(answer: string): object | undefined {
  const at = answer.indexOf("{");
  if (!/^HTTP\/1\.\d 200/.test(answer) || at === -1) return undefined;
  return JSON.parse(answer.slice(at)) as object;
}

/** A query as a part of an address, without a letter that a shell or sed reads in its own way. */
export function encodeQuery(query: string): string {
  return encodeURIComponent(query).replaceAll(
    /[!'()*]/g,
    (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
