import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { autoscale as keepScaled } from "../autoscale/loop";
import { reachStack } from "../autoscale/on-stack";
import type * as poolsModule from "../autoscale/pools";
import { makeTeller, type Tell } from "../autoscale/teller";
import { renderHappening } from "../autoscale/text";
import { defineCommand, flag, number, rest } from "../command";
import { exitCodes } from "../failure";
import { throughInterrupts } from "../operator/interrupt";
import { findDeployed } from "../operator/parts";
import { choosePaint } from "../operator/style";
import { secretsProvider, stack, unasked } from "../options";
import { say } from "../processes";
import { pulumiEnvironment, readStackOutputs } from "../pulumi";

/** The schema of the settings is loaded where they are read: other commands need none. */
function loadPools(): typeof poolsModule {
  return createRequire(__filename)("../autoscale/pools") as typeof poolsModule;
}

/** Changes numbers of replicas by what their pools have to do. */
export const autoscale = defineCommand({
  name: "autoscale",
  summary:
    "changes numbers of replicas by CPU, memory, requests, time of answers, errors and schedule, as the pools' replicas.scaling says; goes on until Ctrl-C",
  arguments: { pools: rest("pools with scaling; all of them when left out") },
  options: {
    stack,
    once: flag("decides once, and ends: for cron and pipelines"),
    dryRun: flag("says what it would do and why, and does nothing"),
    every: number("seconds", "seconds between two looks; 15 when left out", 15, { least: 1, most: 3600 }),
    json: flag(
      "a line of JSON for each look and deployment on standard output, and all else on standard error",
      "j",
    ),
    yes: unasked,
    secretsProvider,
  },
  examples: [
    ["npm run autoscale -- --stack prod", "in a terminal, a service of systemd or a container"],
    ["npm run autoscale -- api --dry-run", "what it would do with the pool api, and why"],
    ["npm run autoscale -- --once --json", "a decision, for programs"],
  ],
  run: async (given) => {
    const { chooseScaled, parseScaledPools } = loadPools();
    const deployed = await findDeployed(given.stack);
    const names = [...new Set(deployed.parts.map(({ pool }) => pool).filter((pool) => pool !== ""))];
    chooseScaled(parseScaledPools(await readStackOutputs(given.stack, pulumiEnvironment())), given.pools, {
      stack: given.stack,
      deployed: names,
    });

    const over = new AbortController();
    const isOver = (): boolean => over.signal.aborted;
    let isAtWork = false;
    const release = throughInterrupts(() => {
      if (isAtWork && !isOver()) say("It ends after this step. Once more, and the step is cut short.");
      over.abort();
    });
    const write = (line: string): void => void process.stdout.write(`${line}\n`);
    const tell: Tell = given.json
      ? (happening, at) => {
          write(renderHappening(happening, at));
        }
      : makeTeller(write, choosePaint(), given.dryRun);
    try {
      const means = reachStack(given, deployed, {
        choose: (outputs) =>
          parseScaledPools(outputs).filter(
            ({ pool }) => given.pools.length === 0 || given.pools.includes(pool),
          ),
        isOver,
      });
      const isGood = await keepScaled(
        { everySeconds: given.every, isOnce: given.once, isDry: given.dryRun },
        {
          look: means.look,
          deploy: (decisions) => {
            isAtWork = true;
            return means.deploy(decisions).finally(() => {
              isAtWork = false;
            });
          },
          tell: (happening) => {
            tell(happening, Date.now());
          },
          now: Date.now,
          wait: (milliseconds) => wait(milliseconds, undefined, over).catch(() => undefined),
          isOver,
        },
      );
      return isGood ? exitCodes.done : exitCodes.failed;
    } finally {
      release();
    }
  },
});
