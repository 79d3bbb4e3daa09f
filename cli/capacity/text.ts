import type { Paint } from "../operator/style";
import { type Column, describeBytes, renderTable } from "../operator/table";
import type { CapacityPlan, Measured, PoolPlan } from "./plan";

/** A plan with what it is made from, for people. */
export function renderCapacity(
  measured: Measured,
  plan: CapacityPlan,
  width: number,
  paint: Paint,
): string[] {
  const { requestsPerMinute, presentCarriesPerMinute } = plan;
  const isEnough = presentCarriesPerMinute === null || presentCarriesPerMinute >= requestsPerMinute;
  return [
    `measured for ${measured.seconds.toFixed(0)} s: ${measured.requestsPerSecond.toFixed(1)} requests a second of clients`,
    "",
    ...renderTable<PoolPlan>(
      plan.pools,
      [
        { title: "POOL", text: ({ pool }) => pool },
        {
          title: "CPU/REQUEST",
          text: ({ cpuMsPerRequest }) => `${cpuMsPerRequest.toFixed(2)} ms`,
          isNumber: true,
        },
        { title: "NOW", text: ({ present }) => String(present), isNumber: true },
        {
          title: "CARRIES/MIN",
          text: ({ carriesPerMinute }) => String(carriesPerMinute ?? "any"),
          isNumber: true,
        },
        { title: "NEEDED", text: ({ replicas }) => String(replicas), isNumber: true },
        { title: "MEMORY", text: ({ memoryBytes }) => describeBytes(memoryBytes), isNumber: true },
      ],
      width,
    ),
    "",
    paint(
      isEnough ? "green" : "red",
      `What there is now carries ${presentCarriesPerMinute === null ? "any number of" : `about ${presentCarriesPerMinute}`} requests a minute; asked for are ${requestsPerMinute}.`,
    ),
    `All containers together need ${plan.processors.toFixed(2)} processors and ${describeBytes(plan.memoryBytes)}, ${describeBytes(plan.memoryInUpdateBytes)} while an update runs; the engine has ${measured.machine.processors} and ${describeBytes(measured.machine.memoryBytes)}.`,
    "",
    ...renderTable(plan.machines, machineColumns, width),
    "",
    ...listAssumptions(plan),
  ];
}

const machineColumns: Column<CapacityPlan["machines"][number]>[] = [
  { title: "MACHINE", text: ({ name }) => name },
  { title: "PROCESSORS", text: ({ processors }) => String(processors), isNumber: true },
  { title: "GIB", text: ({ memoryGiB }) => String(memoryGiB), isNumber: true },
  { title: "ENOUGH", text: ({ isEnough }) => (isEnough ? "yes" : "no") },
  { title: "CPU", text: ({ processorShare }) => `${Math.round(processorShare * 100)}%`, isNumber: true },
  { title: "MEMORY", text: ({ memoryShare }) => `${Math.round(memoryShare * 100)}%`, isNumber: true },
  { title: "COST", text: ({ cost }) => (cost === undefined ? "" : `${cost[0]}-${cost[1]}`), isNumber: true },
];

/** The assumptions of a plan: it holds only as far as they do. */
export function listAssumptions({ headroom, coresPerReplica }: CapacityPlan): string[] {
  return [
    "This is a calculation. It takes for granted:",
    "- work grows as requests do, and those to come are like those that were measured;",
    `- a replica uses its limit of processors at most, or ${coresPerReplica} where it has none, and ${Math.round(headroom * 100)} % of that stay free;`,
    "- one replica of each pool may be down, so there is one more than carry the requests;",
    "- processors run out first: where replicas mostly wait for others, count how many requests each has at a time;",
    "- memory is the limit of each container, or what it used with the same part free; an update has the largest pool twice.",
  ];
}
