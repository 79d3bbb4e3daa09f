import { describeLock, readLock } from "../../engine/lock";
import { listParts, type Part } from "../../engine/parts";
import { readCoreLimits } from "../capacity/measure";
import { describeCall } from "../call";
import { ofStack, withoutOwner } from "../data-volumes";
import { Failure } from "../failure";
import { describeUpdate } from "../left-locks";
import { type BalancerLook, lookIntoBalancers } from "../operator/figures";
import type { DeployedStack } from "../operator/parts";
import { requireCounts } from "../operator/pools";
import { readUsage } from "../operator/usage";
import { findCauses, findRemedy } from "../progress/causes";
import type { Deed } from "../progress/watch";
import { pulumiEnvironment, readStackOutputs } from "../pulumi";
import { readPlan } from "../agreement";
import { readEvents } from "../result";
import { agreed, explain, type Work, workOnStack } from "../stack";
import type { Decision } from "./decide";
import { summarizePool } from "./look";
import type { Outcome, Stage } from "./loop";
import type { DeployedPool } from "./pools";
import { findStrays } from "./strays";
import { describeMessage } from "./text";

/** The stack that is scaled. */
interface Given {
  stack: string;
  secretsProvider: string | undefined;
}

const command = "autoscale";

/** Milliseconds after which the settings are read again. */
const oldMs = 60_000;

/** The means of an autoscaler that reach a stack; `choose` picks among its outputs the pools that are scaled. */
export function reachStack(
  given: Given,
  { engine, label, parts }: DeployedStack,
  { choose, isOver }: { choose: (outputs: Record<string, unknown>) => DeployedPool[]; isOver: () => boolean },
): Pick<Stage, "look" | "deploy"> {
  let before: Promise<BalancerLook[]> = lookIntoBalancers(engine, parts);
  let known: { pools: DeployedPool[]; containers: string; at: number } | undefined;
  /** Whether a deployment of its own may have left something half done, with which it may go on. */
  let hasFailed = false;

  /** The pools as they are deployed; as they were, where Pulumi does not tell it now. */
  async function readPools(): Promise<DeployedPool[]> {
    const outputs = await readStackOutputs(given.stack, pulumiEnvironment());
    if (outputs.replicas !== undefined) return choose(outputs);
    if (known !== undefined) return known.pools;
    throw new Failure(`Pulumi does not tell the outputs of the stack ${given.stack}.`);
  }

  /** The same, read anew where anything points to a deployment since. */
  async function findPools(present: Part[]): Promise<DeployedPool[]> {
    const ids = present.filter(({ pool }) => pool !== "").map(({ id }) => id);
    const [containers, at] = [ids.join(), Date.now()];
    const isKnown = ({ pool, current }: DeployedPool): boolean =>
      new Set(present.filter((part) => part.pool === pool).map(({ title }) => title)).size === current;
    const isNew = known?.containers === containers && at - known.at < oldMs && known.pools.every(isKnown);
    if (known === undefined || !isNew) known = { pools: await readPools(), containers, at };
    return known.pools;
  }

  /** Says who else is at work, or keeps all from it. */
  async function findOthers(): Promise<string | undefined> {
    const lock = await readLock(engine, label);
    if (lock !== undefined) return describeLock(label, lock);
    return describeUpdate(pulumiEnvironment(), withoutOwner(given.stack));
  }

  return {
    look: async () => {
      const present = await listParts(engine, label);
      const pools = await findPools(present);
      const own = present.filter((part) => pools.some(({ pool }) => part.pool === pool));
      const [usage, coreLimits] = await Promise.all([readUsage(engine, own), readCoreLimits(engine, own)]);
      const now = await lookIntoBalancers(engine, present);
      const found = { at: Date.now(), parts: own, usage, coreLimits, before: await before, now };
      before = Promise.resolve(now);
      return pools.map((pool) => ({ pool, look: summarizePool(pool.pool, pool.current, found) }));
    },

    deploy: async (decisions) => {
      const others = await findOthers();
      if (others !== undefined) return { is: "busy", why: others };
      const stray = await findObstacle(given, decisions, hasFailed);
      if (isOver()) return { is: "left" };
      if (stray !== undefined) {
        // In the middle of an update there is much that is not as it is to be.
        const begun = await findOthers();
        return begun === undefined ? { is: "failed", why: stray } : { is: "busy", why: begun };
      }
      const pools = await readPools();
      const isAsBefore = ({ pool, from }: Decision): boolean =>
        pools.some((each) => each.pool === pool && each.current === from);
      known = undefined;
      if (!decisions.every(isAsBefore)) return { is: "left" };
      const outcome = await deploy(given, decisions);
      if (outcome.is !== "busy") hasFailed = outcome.is === "failed";
      if (outcome.is !== "done") return outcome;
      const present = await listParts(engine, label);
      requireCounts(present, decisions.map(writeCount));
      // What came meanwhile belongs to the numbers of before.
      before = lookIntoBalancers(engine, present);
      return outcome;
    },
  };
}

function writeCount({ pool, to }: Decision): string {
  return `${pool}=${to}`;
}

function workOf({ stack, secretsProvider }: Given): Omit<Work, "command"> {
  return { stack, json: false, isQuiet: true, needsImages: false, secretsProvider };
}

/** Why the numbers cannot be deployed alone: the folder would have something else deployed with them. */
async function findObstacle(
  given: Given,
  decisions: Decision[],
  hasFailed: boolean,
): Promise<string | undefined> {
  let why: string | undefined;
  const work: Work = { ...workOf(given), command: "preview", told: { replicas: [], set: [] } };
  await workOnStack(work, async (open) => {
    const { ok, plan } = await readPlan(open, []);
    if (!ok) {
      const { errors } = readEvents(open.events);
      const causes = findCauses(errors, { command, stack: given.stack, isInterrupted: false });
      why = causes.join("\n") || "Pulumi does not say what would be deployed, for the reason above.";
    } else {
      const strays = findStrays(
        plan,
        decisions.map(({ pool }) => pool),
        hasFailed,
      );
      if (strays.length > 0)
        why = `More than numbers would be deployed from this folder: ${strays.join(", ")}. Nothing was touched. Bring the folder up to date, or deploy it: ${describeCall("up", ...ofStack(given.stack))}`;
    }
    return { ok: true };
  });
  return why;
}

/** Deploys numbers as scale does; what Pulumi says goes beside the result. */
async function deploy(given: Given, decisions: Decision[]): Promise<Outcome> {
  let deed: Deed | undefined;
  const work: Work = {
    ...workOf(given),
    ...{ command, endures: true, told: { replicas: decisions.map(writeCount), set: [] } },
  };
  const message = `--message=${describeMessage(decisions)}`;
  try {
    await workOnStack(work, async ({ act }) => {
      deed = await act("up", ...agreed, message);
      return { ok: deed.ok };
    });
  } catch (error) {
    // Locked meanwhile.
    if (error instanceof Failure && "lock" in error.details) return { is: "busy", why: error.message };
    throw error;
  }
  if (deed === undefined) throw new Failure("Nothing was deployed, for the reason above.");
  if (deed.ok) return { is: "done", seconds: Math.round(deed.milliseconds / 100) / 10 };
  const causes = explain({ command, stack: given.stack }, deed);
  if (/currently locked by/.test(deed.text)) return { is: "busy", why: causes.join("\n") };
  const { isInterrupted } = deed;
  const remedy = findRemedy(causes, { command, stack: given.stack, isInterrupted });
  return { is: "failed", why: [...causes, ...(remedy === undefined ? [] : [remedy])].join("\n") };
}
