import { conclude, readCoreLimits, readMachine, sample } from "../capacity/measure";
import { checkMachine, checkPrice, listSizes } from "../capacity/machines";
import { type Aim, type CapacityPlan, type Measured, planCapacity } from "../capacity/plan";
import { renderCapacity } from "../capacity/text";
import { defineCommand, flag, number, texts } from "../command";
import { Misuse } from "../failure";
import { type DeployedStack, findDeployed } from "../operator/parts";
import { choosePaint, countColumns } from "../operator/style";
import { json, stack } from "../options";
import { giveResult } from "../result";
import { loadOptions, type LoadRequest, startModestLoad } from "../trials/modest-load";

/** The result for programs. */
interface CapacityResult extends Partial<CapacityPlan> {
  command: string;
  stack: string;
  ok: boolean;
  measured?: Measured;
  errors: string[];
}

/** Seconds at rest before a load. */
const idleSeconds = 4;

/** Calculates how many replicas a stack needs. */
export const capacity = defineCommand({
  name: "capacity",
  summary:
    "calculates from what the stack uses now how many replicas, how much memory and which machine some number of requests needs",
  options: {
    stack,
    requestsPerMinute: number("number", "requests of clients a minute that are to be carried", undefined, {
      ...{ least: 1, most: 100_000_000 },
    }),
    headroom: number("share", "part of everything that stays free; 0.3 when left out", 0.3, {
      ...{ least: 0, most: 0.9, isWhole: false },
    }),
    coresPerReplica: number(
      "number",
      "processors that a replica without a limit can use; 1 when left out",
      1,
      {
        ...{ least: 0.1, most: 256, isWhole: false },
      },
    ),
    measure: flag("loads the stack meanwhile, instead of taking the traffic that there is"),
    ...loadOptions,
    seconds: number("number", "how long it looks; 10 when left out", 10, { least: 3, most: 300 }),
    price: texts("size=from-to", "what a machine costs: small=5-10; may be repeated", checkPrice),
    machine: texts("name=cpusxgib", "another size: mine=16x64; may be repeated", checkMachine),
    json,
  },
  examples: [
    ["npm run capacity -- --requests-per-minute 500 --measure", "from ten seconds of load"],
    [
      "npm run capacity -- --requests-per-minute 60000 --headroom 0.4 --price large=20-45 --stack prod",
      "from the traffic of now, with your own prices",
    ],
    ["npm run capacity -- --requests-per-minute 500 --measure --json", "for programs"],
  ],
  check: ({ requestsPerMinute, machine, price }) => {
    if (requestsPerMinute === undefined)
      throw new Misuse("--requests-per-minute must be told: the number of requests that are to be carried.");
    listSizes(machine, price);
  },
  run: ({ requestsPerMinute = 0, headroom, coresPerReplica, ...given }) =>
    giveResult<CapacityResult>(
      given.json,
      async () => {
        const deployed = await findDeployed(given.stack);
        const measured = await measure(deployed, given);
        const aim: Aim = { requestsPerMinute, headroom, coresPerReplica };
        const plan = planCapacity(measured, aim, listSizes(given.machine, given.price));
        if (!given.json)
          process.stdout.write(
            `${renderCapacity(measured, plan, countColumns(), choosePaint()).join("\n")}\n`,
          );
        return { ok: true, ...plan, measured };
      },
      (told) => ({ command: "capacity", stack: given.stack, ok: false, ...told }),
    ),
});

interface Request extends LoadRequest {
  measure: boolean;
  seconds: number;
}

async function measure(deployed: DeployedStack, { measure, seconds, ...load }: Request): Promise<Measured> {
  const { engine, parts } = deployed;
  const [coreLimits, machine] = await Promise.all([readCoreLimits(engine, parts), readMachine(engine)]);
  if (!measure) return conclude(parts, await sample(deployed, seconds), { coreLimits, machine });
  const idle = await sample(deployed, idleSeconds);
  const running = await startModestLoad(load, deployed);
  try {
    return conclude(parts, await sample(deployed, seconds), { idle, coreLimits, machine });
  } finally {
    await running.stop();
  }
}
