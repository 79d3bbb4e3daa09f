import type { Problem } from "../../arguments/problems";
import type { Rule } from "../../arguments/schema-parts";

/** The parts of a pool that mean something only with a port, or something else without one. */
interface Portless {
  port?: number | undefined;
  reachableFrom?: unknown;
  canary?: unknown;
  assets?: unknown;
  balancing?: unknown;
  drainSeconds?: unknown;
  streamSeconds?: unknown;
  healthCheck: { given: Record<string, unknown> };
  metrics?: { port?: number | undefined } | undefined;
}

const setPort = "Set port if the replicas take requests, or remove it.";

/** The rules of workers: pools without a port. */
export const workerRules: Rule<Portless>[] = [
  ...(["reachableFrom", "canary", "assets", "balancing", "drainSeconds", "streamSeconds"] as const).map(
    (field): Rule<Portless> => ({
      needs: [field],
      find: ({ port, [field]: value }) =>
        port === undefined && value !== undefined ? [refuse([field], value, setPort)] : [],
    }),
  ),
  {
    needs: ["healthCheck"],
    find: ({ port, healthCheck: { given } }) => {
      if (port !== undefined) return [];
      const { path, command, intervalSeconds, timeoutSeconds, retries } = given;
      const ofCommand = command === undefined ? { intervalSeconds, timeoutSeconds, retries } : {};
      return [
        ...findSet({ path }, "Set port if the replicas take requests, or command instead."),
        ...findSet(ofCommand, "Set healthCheck.command, whose check it is of."),
      ];
    },
  },
  {
    needs: ["metrics"],
    find: ({ port, metrics }) => {
      if (port !== undefined || metrics === undefined || metrics.port !== undefined) return [];
      const rule = "be set where the pool has no port";
      return [{ path: ["metrics", "port"], value: undefined, rule, remedy: "Set the port of the figures." }];
    },
  },
];

function findSet(settings: Record<string, unknown>, remedy: string): Problem[] {
  return Object.entries(settings)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => refuse(["healthCheck", name], value, remedy));
}

function refuse(path: string[], value: unknown, remedy: string): Problem {
  return { path, value, rule: "be left out where the pool has no port", remedy };
}
