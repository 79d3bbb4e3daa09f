import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { prometheusPlaces } from "../../monitoring/places";

/** An alert that is firing. */
export interface FiringAlert {
  alert: string;
  severity: string;
  since: string;
  summary: string;
}

// The password is in the file of the health check's request, and stays in the container.
const script = `sed 's#^GET [^ ]*#GET /api/v1/alerts#' ${prometheusPlaces.readyRequest} | nc 127.0.0.1 9090`;

/** Asks Prometheus, where the stack has one, which alerts are firing. */
export async function readAlerts(engine: Engine, parts: Part[]): Promise<FiringAlert[]> {
  const servers = parts.filter(({ title, role }) => role === "monitoring" && title === "prometheus");
  const answers = await Promise.all(
    servers
      .filter(({ state }) => state === "running")
      .map(({ id }) => engine.inside(id, script, { seconds: 10 }).catch(() => ({ stdout: "" }))),
  );
  return answers.flatMap(({ stdout }) => parseAlerts(stdout));
}

interface Answer {
  data: {
    alerts: {
      state: string;
      activeAt: string;
      labels: Record<string, string>;
      annotations: Record<string, string>;
    }[];
  };
}

/** Reads an answer of Prometheus, with its head; one without alerts tells of none. */
export function parseAlerts(answer: string): FiringAlert[] {
  const at = answer.indexOf("{");
  if (!/^HTTP\/1\.\d 200/.test(answer) || at === -1) return [];
  const { data } = JSON.parse(answer.slice(at)) as Answer;
  return data.alerts
    .filter(({ state, labels }) => state === "firing" && labels.severity !== "none")
    .map(({ labels, annotations, activeAt }) => ({
      alert: labels.alertname ?? "",
      severity: labels.severity ?? "",
      since: activeAt,
      summary: annotations.summary ?? "",
    }));
}
