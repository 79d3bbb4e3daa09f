import { defineCommand, flag, number, optional } from "../command";
import { Failure } from "../failure";
import { findDeployed } from "../operator/parts";
import { throughInterrupts } from "../operator/interrupt";
import { choosePaint, countColumns } from "../operator/style";
import { json, stack } from "../options";
import { isAgreed, say } from "../processes";
import { giveResult } from "../result";
import { chooseVictim, type Death, type Failover, failOver, findFaults } from "../trials/failover";
import { renderFailover } from "../trials/failover-text";
import { loadOptions, startModestLoad } from "../trials/modest-load";

/** The result for programs. */
interface FailoverResult extends Partial<Failover> {
  command: string;
  stack: string;
  ok: boolean;
  errors: string[];
}

/** Kills a replica. */
export const failoverTest = defineCommand({
  name: "failover-test",
  summary:
    "kills a replica under load, and says what that cost, when requests and the balancer had noticed, and when it was back; ends with 1 where a GET failed or it is not back",
  arguments: { pool: optional("the pool; the stack's first when left out", undefined) },
  options: {
    stack,
    ...loadOptions,
    down: number("seconds", "how long it is gone before it is started again; 5 when left out", 5, {
      ...{ least: 0, most: 120 },
    }),
    crash: flag("ends its processes instead, after which the engine itself starts it again"),
    yes: flag("no question first, and also where it is the only replica of its pool", "y"),
    json,
  },
  examples: [
    ["npm run failover-test -- api", "the last replica of api, under 20 GETs a second of /"],
    [
      'npm run failover-test -- api --url "GET / 3" --url "POST /orders 1" --stack prod',
      "POSTs too, which are counted apart: one that was under way is not sent again",
    ],
    ["npm run failover-test -- api --crash --yes --json", "a crash, without a question, for programs"],
  ],
  run: (given) =>
    giveResult<FailoverResult>(
      given.json,
      async () => {
        const deployed = await findDeployed(given.stack);
        const victim = chooseVictim(deployed.parts, given.pool, given.yes);
        if (!(await isAgreed(`Kill ${victim.title} of ${deployed.label}?`, given)))
          throw new Failure("Nothing was killed. To go on without a question, add --yes.");
        const load = await startModestLoad(given, deployed);
        const death: Death = given.crash ? { how: "crashed" } : { how: "killed", seconds: given.down };
        const over = new AbortController();
        const release = throughInterrupts(() => {
          over.abort();
        });
        if (!given.json) say(`${victim.title} is ${death.how}.`);
        const done = await failOver(deployed, {
          victim,
          death,
          load,
          isOver: () => over.signal.aborted,
        }).finally(async () => {
          release();
          await load.stop();
        });
        const errors = findFaults(done);
        if (!given.json)
          process.stdout.write(`${renderFailover(done, errors, countColumns(), choosePaint()).join("\n")}\n`);
        return { ...done, ok: errors.length === 0, errors };
      },
      (told) => ({ command: "failover-test", stack: given.stack, ok: false, ...told }),
    ),
});
