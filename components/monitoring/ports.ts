import type { Problem } from "../arguments/problems";

/** A port for each server that is reached, where it is said. */
interface SaidPorts {
  port: number;
  alertmanager: { port?: number | undefined };
  grafana: { enabled: boolean; port?: number | undefined };
}

/** Ports of 127.0.0.1: those that are not said follow Prometheus'. */
export function resolvePorts({ port, alertmanager, grafana }: SaidPorts) {
  return { alertmanager: alertmanager.port ?? port + 1, grafana: grafana.port ?? port + 2 };
}

/** Finds two servers with one port, and ports behind the last one. */
export function findPortProblems(said: SaidPorts): Problem[] {
  const { port } = said;
  const { alertmanager, grafana } = resolvePorts(said);
  const others = [
    { name: "alertmanager", at: alertmanager, own: said.alertmanager.port },
    ...(said.grafana.enabled ? [{ name: "grafana", at: grafana, own: said.grafana.port }] : []),
  ];
  return others.flatMap(({ name, at, own }, index): Problem[] => {
    const path = [name, "port"];
    if (at > 65535)
      return [{ path, value: own, rule: "be set", remedy: `There is no port ${at} after Prometheus'.` }];
    const taken = [port, ...others.slice(0, index).map((other) => other.at)].includes(at);
    return taken ? [{ path, value: at, rule: "be the port of no other server of the monitoring" }] : [];
  });
}
