import { listParts } from "../../engine/parts";
import { defineCommand, number, required } from "../command";
import { Failure } from "../failure";
import { throughInterrupts } from "../operator/interrupt";
import { type DeployedStack, findDeployed } from "../operator/parts";
import { requireCounts } from "../operator/pools";
import { choosePaint, countColumns } from "../operator/style";
import { json, secretsProvider, stack, unasked } from "../options";
import { say } from "../processes";
import { giveResult } from "../result";
import { agreed, workOnStack } from "../stack";
import { loadOptions, type LoadRequest, startModestLoad } from "../trials/modest-load";
import { readPlan, type Rehearsal, rehearse as play } from "../trials/rehearsal";
import { renderRehearsal } from "../trials/rehearsal-text";

/** The result for programs. */
interface RehearsalResult extends Partial<Rehearsal> {
  command: string;
  stack: string;
  ok: boolean;
  errors: string[];
}

/** Scales a pool through some numbers. */
export const rehearse = defineCommand({
  name: "rehearse",
  summary:
    "gives a pool one number of replicas after the other under load, says what each step took and cost, and restores the number of before; ends with 1 where a request failed",
  arguments: { plan: required("a pool with its numbers: api=1,3,5,2,1") },
  options: {
    stack,
    ...loadOptions,
    hold: number("seconds", "how long each number is held; 5 when left out", 5, { least: 0, most: 600 }),
    yes: unasked,
    json,
    secretsProvider,
  },
  examples: [
    ["npm run rehearse -- api=1,3,5,2,1", "five deployments under 20 requests a second"],
    ["npm run rehearse -- api=4,8,4 --rate 100 --hold 30 --stack prod", "longer, under more"],
  ],
  check: ({ plan }) => {
    readPlan(plan);
  },
  run: (given) =>
    giveResult<RehearsalResult>(
      given.json,
      async () => {
        const done = await playUnderLoad(given, await findDeployed(given.stack));
        const failed = done.steps.reduce((sum, step) => sum + step.failed, 0);
        const errors = [...done.errors, ...(failed === 0 ? [] : [`${failed} requests failed.`])];
        if (!given.json)
          process.stdout.write(
            `${renderRehearsal({ ...done, errors }, countColumns(), choosePaint()).join("\n")}\n`,
          );
        return { ...done, ok: errors.length === 0, errors };
      },
      (told) => ({ command: "rehearse", stack: given.stack, ok: false, ...told }),
    ),
});

interface Request extends LoadRequest {
  stack: string;
  plan: string;
  hold: number;
  secretsProvider: string | undefined;
}

async function playUnderLoad(given: Request, deployed: DeployedStack): Promise<Rehearsal> {
  const plan = readPlan(given.plan);
  const before = deployed.parts.filter(({ pool, state }) => pool === plan.pool && state === "running").length;
  if (before === 0) throw new Failure(`The pool ${plan.pool} has no replica that runs.`);
  const load = await startModestLoad(given, deployed);
  let isOver = false;
  const release = throughInterrupts(() => {
    isOver = true;
    say("It ends after this step, and restores the number of before.");
  });
  try {
    return await play(plan, before, {
      load,
      scale: (replicas) => scaleTo(`${plan.pool}=${replicas}`, given, deployed),
      holdSeconds: given.hold,
      isOver: () => isOver,
      tell: say,
    });
  } finally {
    release();
    await load.stop();
  }
}

/** Deploys a number of replicas as scale does; what Pulumi says goes beside the result. */
async function scaleTo(
  count: string,
  { stack, secretsProvider }: Request,
  { engine, label }: DeployedStack,
): Promise<void> {
  const work = { command: "scale", stack, json: false, isQuiet: true, needsImages: false, secretsProvider };
  const code = await workOnStack({ ...work, told: { replicas: [count], set: [] } }, async ({ act }) => ({
    ok: (await act("up", ...agreed)).ok,
  }));
  if (code !== 0) throw new Failure(`${count} was not deployed, for the reason above.`);
  requireCounts(await listParts(engine, label), [count]);
}
