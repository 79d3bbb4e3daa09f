import { withoutCanaryVariable } from "../../deploy/canary-settings";
import { readSwarm, type SwarmNode } from "../../engine/swarm-nodes";
import { renderRestart, restartVariable } from "../../engine/restart";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";
import { Failure } from "../failure";
import { requireUnlocked } from "../lock";
import { updateStack } from "../operator/work";
import { isAgreed, say } from "../processes";
import { giveResult } from "../result";
import { finishDrain, removeNode, setAvailability, toLabelOptions } from "./change";
import { chooseNode, findSwarm, type FoundSwarm } from "./find";
import { joinSwarm, toHost } from "./join";
import { describeLabels, type NodeReport, reportNodes } from "./report";
import { describeFewerManagers, listReplicas, refuseDrain, refuseRemoval } from "./rules";

/** The result of a change of a swarm's machines, for programs. */
export interface NodesResult {
  command: string;
  stack: string;
  ok: boolean;
  /** The machine as it is now; null where it is none of the swarm's. */
  node: NodeReport | null;
  /** Why it failed. */
  errors: string[];
}

/** What the command is given for one machine. */
export interface AskedChange {
  stack: string;
  node: string;
  json: boolean;
  yes: boolean;
}

/** Does something with a machine, and gives the result. */
function change(
  given: Pick<AskedChange, "stack" | "json">,
  act: (found: FoundSwarm) => Promise<SwarmNode | undefined>,
): Promise<number> {
  return giveResult<NodesResult>(
    given.json,
    async () => {
      const found = await findSwarm(given.stack);
      await requireUnlocked(found.engine, given.stack);
      const changed = await act(found);
      const nodes = reportNodes(await readSwarm(found.engine), found.label);
      return { ok: true, node: nodes.find(({ id }) => id === changed?.id) ?? null };
    },
    (told) => ({ command: "nodes", stack: given.stack, ok: false, node: null, ...told }),
  );
}

/** Takes all from a machine: what is a replica is made anew elsewhere first, as an update does it. */
export async function drain(given: AskedChange): Promise<number> {
  const { engine, label, swarm } = await findSwarm(given.stack);
  const node = chooseNode(swarm, given.node);
  const faults = refuseDrain(swarm, node);
  if (faults.length > 0) throw new Failure(`${faults.join("\n")}\nNothing was touched.`);
  await requireUnlocked(engine, given.stack);
  const { pools } = listReplicas(swarm, node, label);
  const end = `${node.name} is drained: nothing runs there. Have it take part again: ${describeCall("nodes", "activate", node.name, ...ofStack(given.stack))}`;
  // From here on nothing new comes there.
  if (node.availability === "active") await setAvailability(engine, node, "pause");
  if (pools.length === 0)
    return change(given, async () => {
      await finishDrain({ engine, label, node });
      say(end);
      return node;
    });
  say(
    `${node.name} takes nothing new. ${pools.map(({ pool }) => pool).join(", ")} of ${label} ${pools.length === 1 ? "leaves" : "leave"} it: made anew, as an update does it.`,
  );
  const variables = { [restartVariable]: renderRestart(pools), [withoutCanaryVariable]: "true" };
  return updateStack(
    "nodes",
    { ...given, verbose: false, secretsProvider: undefined },
    { variables },
    async () => {
      await finishDrain({ engine, label, node });
      return end;
    },
  );
}

/** Has a machine take part again. */
export function activate(given: AskedChange): Promise<number> {
  return change(given, async ({ engine, swarm }) => {
    const node = chooseNode(swarm, given.node);
    await setAvailability(engine, node, "active");
    say(
      `${node.name} takes part: what comes new is placed there too, balancers at once. What runs elsewhere stays there; spread it anew: ${describeCall("restart", ...ofStack(given.stack))}`,
    );
    return node;
  });
}

/** Gives a machine labels, and takes some away. */
export function label(given: AskedChange & { labels: string[] }): Promise<number> {
  return change(given, async ({ engine, swarm }) => {
    const node = chooseNode(swarm, given.node);
    await engine.run(["node", "update", ...toLabelOptions(given.labels), node.id]);
    const { nodes } = await readSwarm(engine);
    const { labels = {} } = nodes.find(({ id }) => id === node.id) ?? {};
    say(`Labels of ${node.name}: ${describeLabels(labels) || "none"}`);
    return node;
  });
}

/** Has the engine of a machine join the swarm. */
export function add(given: AskedChange & { manager: boolean; address: string | undefined }): Promise<number> {
  const host = toHost(given.node);
  return change(given, async (found) => {
    const node = await joinSwarm(found, { host, manager: given.manager, address: given.address });
    say(`${node.name} is ready, as ${node.role}.`);
    return node;
  });
}

/** Removes a machine from the swarm. */
export function remove(given: AskedChange): Promise<number> {
  return change(given, async ({ engine, swarm }) => {
    const node = chooseNode(swarm, given.node);
    const faults = refuseRemoval(swarm, node, given.stack);
    if (faults.length > 0) throw new Failure(`${faults.join("\n")}\nNothing was touched.`);
    if (!(await isAgreed(`Remove ${node.name} from the swarm?`, given)))
      throw new Failure("Nothing was touched.");
    await removeNode(engine, node);
    say(
      [
        `${node.name} is none of the swarm's any more. On the machine itself: docker swarm leave --force`,
        ...describeFewerManagers(swarm, node),
      ].join("\n"),
    );
    return undefined;
  });
}
