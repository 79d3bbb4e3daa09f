import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { askPrometheus, findPrometheus } from "./prometheus";

/** An alert that is firing. */
export interface FiringAlert {
  alert: string;
  severity: string;
  since: string;
  summary: string;
}

/** Asks Prometheus, where the stack has one, which alerts are firing. */
export async function readAlerts(engine: Engine, parts: Part[]): Promise<FiringAlert[]> {
  const answers = await Promise.all(
    findPrometheus(parts).map((part) => askPrometheus(engine, part, ["/api/v1/alerts"])),
  );
  return answers.flat().flatMap((answer) => listFiring(answer));
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

/** The alerts of an answer that are firing; of none where there was no answer. */
export function listFiring(answer: object | undefined): FiringAlert[] {
  const { data } = (answer ?? { data: { alerts: [] } }) as Answer;
  return data.alerts
    .filter(({ state, labels }) => state === "firing" && labels.severity !== "none")
    .map(({ labels, annotations, activeAt }) => ({
      alert: labels.alertname ?? "",
      severity: labels.severity ?? "",
      since: activeAt,
      summary: annotations.summary ?? "",
    }));
}
