import {
  isMeantToRun,
  mayBeThere,
  type Swarm,
  type SwarmNode,
  type SwarmTask,
} from "../../engine/swarm-nodes";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";

/** What a stack, or several, have on a machine. */
function listThere({ tasks }: Swarm, node: SwarmNode, isOf: (task: SwarmTask) => boolean): SwarmTask[] {
  return tasks.filter((task) => task.node === node.id && isOf(task));
}

/** Datastores whose data lie on a machine, of any stack of Flotilla; one that is away has them still. */
export function listStores(swarm: Swarm, node: SwarmNode): string[] {
  const stores = listThere(swarm, node, (task) => task.labels.role === "store" && mayBeThere(task));
  return [...new Set(stores.map(({ labels }) => `${labels.store ?? ""} of ${labels.stack ?? ""}`))].sort();
}

/** Replicas on a machine: those of a stack by their pools, and other stacks that have some there. */
export function listReplicas(
  swarm: Swarm,
  node: SwarmNode,
  stack: string,
): { pools: { service: string; pool: string }[]; others: string[] } {
  const replicas = listThere(
    swarm,
    node,
    (task) => ["replica", "worker"].includes(task.labels.role ?? "") && isMeantToRun(task),
  );
  const own = replicas.filter(({ labels }) => labels.stack === stack);
  const pools = new Map(
    own.map(({ labels: { service = "", pool = "" } }) => [`${service}/${pool}`, { service, pool }]),
  );
  const others = replicas.flatMap(({ labels }) => (labels.stack === stack ? [] : (labels.stack ?? [])));
  return { pools: [...pools.values()], others: [...new Set(others)].sort() };
}

/** Whatever is meant to run on a machine. */
export function countTasks(swarm: Swarm, node: SwarmNode): number {
  return listThere(swarm, node, isMeantToRun).length;
}

/** Why nothing may be taken from a machine; nothing where it may. */
export function refuseDrain(swarm: Swarm, node: SwarmNode): string[] {
  const stores = listStores(swarm, node);
  const takers = swarm.nodes.filter(
    ({ id, state, availability }) => id !== node.id && state === "ready" && availability === "active",
  );
  return [
    ...describeStores(node, stores, "would stand still"),
    ...(takers.length === 0
      ? [
          `Another node must be there that takes what runs on ${node.name}, got none that is ready and active. Have one take it: ${describeCall("nodes", "activate", "<node>")}`,
        ]
      : []),
  ];
}

/** Why a machine may not be removed; nothing where it may. */
export function refuseRemoval(swarm: Swarm, node: SwarmNode, stack: string): string[] {
  const there = countTasks(swarm, node);
  const isAway = node.state !== "ready";
  return [
    ...(node.id === swarm.self
      ? [
          `${node.name} is the one that was asked, and cannot remove itself. Set docker:host to another manager.`,
        ]
      : []),
    ...describeStores(node, listStores(swarm, node), "would be lost to the swarm"),
    ...refuseLossOfMajority(swarm, node),
    ...(there > 0 && !isAway
      ? [
          `Nothing may run on ${node.name}, got ${there} ${there === 1 ? "task" : "tasks"}. Take them out of it first: ${describeCall("nodes", "drain", node.name, ...ofStack(stack))}`,
        ]
      : []),
  ];
}

function describeStores({ name }: SwarmNode, stores: string[], fate: string): string[] {
  if (stores.length === 0) return [];
  return [
    `${name} alone has the data of ${stores.join(", ")}, which ${fate}. Back them up, and restore them where they are to be.`,
  ];
}

/** Managers that must agree, of so many. */
function majorityOf(managers: number): number {
  return Math.floor(managers / 2) + 1;
}

function refuseLossOfMajority({ nodes }: Swarm, node: SwarmNode): string[] {
  if (node.role !== "manager") return [];
  const others = nodes.filter(({ id, role }) => role === "manager" && id !== node.id);
  const there = others.filter(({ isReachable }) => isReachable).length;
  if (others.length > 0 && there >= majorityOf(others.length)) return [];
  const left =
    others.length === 0
      ? "it is the only manager"
      : `of the ${others.length} that stay, ${there} ${there === 1 ? "answers" : "answer"}`;
  return [
    `More than half of the managers must be there without ${node.name}: ${left}. Make another node a manager first: docker node promote <node>`,
  ];
}

/** What fewer managers mean; nothing where as many may fail as before. */
export function describeFewerManagers({ nodes }: Swarm, node: SwarmNode): string[] {
  if (node.role !== "manager") return [];
  const left = nodes.filter(({ role }) => role === "manager").length - 1;
  const mayFail = left - majorityOf(left);
  return left + 1 - majorityOf(left + 1) > mayFail
    ? [
        `${left} ${left === 1 ? "manager is" : "managers are"} left, of which ${mayFail === 0 ? "none" : mayFail} may fail. Make another node a manager: docker node promote <node>`,
      ]
    : [];
}
