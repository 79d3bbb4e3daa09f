import { isMeantToRun, type Swarm, type SwarmNode, type SwarmTask } from "../../engine/swarm-nodes";
import { countColumns } from "../operator/style";
import { describeBytes, renderTable } from "../operator/table";

/** A machine, and what is on it, for programs. */
export interface NodeReport {
  id: string;
  name: string;
  /** `leader` is the manager that leads the others. */
  role: "leader" | "manager" | "worker";
  availability: SwarmNode["availability"];
  state: string;
  address: string;
  labels: Record<string, string>;
  engine: string;
  /** What of the stack runs there. */
  replicas: number;
  balancers: number;
  stores: number;
  cpus: number;
  /** Reserved by all that runs there, of whatever stack. */
  reservedCpus: number;
  memoryBytes: number;
  reservedMemoryBytes: number;
}

/** Counts what of a stack, named `project/stack`, is on each machine. */
export function reportNodes({ nodes, tasks }: Swarm, stack: string): NodeReport[] {
  return nodes.map((node) => {
    const there = tasks.filter((task) => task.node === node.id && isMeantToRun(task));
    const own = there.filter(({ labels, state }) => labels.stack === stack && state === "running");
    const count = (...roles: (string | undefined)[]): number =>
      own.filter(({ labels }) => roles.includes(labels.role)).length;
    const sum = (read: (task: SwarmTask) => number): number =>
      there.reduce((all, task) => all + read(task), 0);
    return {
      ...{ id: node.id, name: node.name, role: node.isLeader ? "leader" : node.role },
      ...{ availability: node.availability, state: node.state, address: node.address },
      ...{ labels: node.labels, engine: node.engineVersion },
      replicas: count("replica", "worker"),
      balancers: count("balancer"),
      stores: count("store"),
      ...{ cpus: node.cpus, reservedCpus: sum(({ cpus }) => cpus) },
      ...{ memoryBytes: node.memoryBytes, reservedMemoryBytes: sum(({ memoryBytes }) => memoryBytes) },
    };
  });
}

/** The table of machines. */
export function renderNodes(nodes: NodeReport[], width = countColumns()): string[] {
  const number = (read: (node: NodeReport) => number) => ({
    text: (node: NodeReport) => String(read(node)),
    isNumber: true,
  });
  return renderTable(
    nodes,
    [
      { title: "node", text: ({ name }) => name, least: 12 },
      { title: "role", text: ({ role }) => role },
      { title: "takes", text: ({ availability }) => takes[availability] },
      { title: "state", text: ({ state }) => state },
      { title: "replicas", ...number(({ replicas }) => replicas) },
      { title: "balancers", ...number(({ balancers }) => balancers) },
      { title: "stores", ...number(({ stores }) => stores) },
      { title: "CPUs", text: ({ reservedCpus, cpus }) => `${round(reservedCpus)} of ${round(cpus)}` },
      {
        title: "memory",
        text: (node) => `${describeBytes(node.reservedMemoryBytes)} of ${describeBytes(node.memoryBytes)}`,
        isSpare: true,
      },
      { title: "address", text: ({ address }) => address, isSpare: true },
      { title: "engine", text: ({ engine }) => engine, isSpare: true },
      { title: "labels", text: ({ labels }) => describeLabels(labels), least: 8, isSpare: true },
    ],
    width,
  );
}

/** Availability in words: whether anything new comes to a machine. */
const takes: Record<SwarmNode["availability"], string> = {
  active: "all",
  pause: "nothing new",
  drain: "nothing",
};

function round(cpus: number): string {
  return String(Math.round(cpus * 100) / 100);
}

/** Labels as they are written; one without a value is its name alone. */
export function describeLabels(labels: Record<string, string>): string {
  return Object.entries(labels)
    .map(([name, value]) => (value === "" ? name : `${name}=${value}`))
    .sort()
    .join(" ");
}
