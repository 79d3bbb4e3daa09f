import { setTimeout as wait } from "node:timers/promises";
import { type DeployedStack, findDeployed } from "../operator/parts";
import { type BalancerLook, lookIntoBalancers } from "../operator/figures";
import { untilInterrupted } from "../operator/interrupt";
import { choosePaint, countColumns } from "../operator/style";
import { writePage } from "../page/file";
import { giveResult } from "../result";
import { addressRoutes } from "./address";
import { readBalancing } from "./balancing";
import { type LoadSettings, type Pace, startLoad } from "./load";
import { renderLoadPage } from "./load-page";
import { readHeaders } from "./headers";
import { Recorder, type Summary } from "./record";
import { describeLoad, type LoadResult, renderLoad } from "./report";
import { readRoutes } from "./routes";
import { compareShares, countAnswers, countTries } from "./shares";

/** The options of a load test. */
export interface LoadRequest {
  stack: string;
  url: string[];
  rate: number | undefined;
  connections: number | undefined;
  seconds: number;
  requests: number;
  method: string;
  header: string[];
  body: string | undefined;
  timeout: number;
  allowPublic: boolean;
  insecure: boolean;
  html: string | undefined;
  json: boolean;
}

/** The rate of a load that is told none. */
const usualRate = 50;

/** Seconds until a balancer has counted what it has answered. */
const countedSeconds = 3;

/** Milliseconds of delay from which on the machine that loads is told to be too slow. */
const lateMs = 20;

/** Loads a stack, and gives the result. */
export function runLoadTest(given: LoadRequest): Promise<number> {
  return giveResult<LoadResult>(
    given.json,
    async () => {
      const deployed = await findDeployed(given.stack);
      const result = await testLoad(given, deployed);
      if (!given.json)
        process.stdout.write(`${renderLoad(result, countColumns(), choosePaint()).join("\n")}\n`);
      if (given.html !== undefined) writePage(given.html, renderLoadPage(result));
      return result;
    },
    (told) => ({ ...nothing, stack: given.stack, ...told }),
  );
}

/** The result of a load that did not begin. */
const nothing: Omit<LoadResult, "stack" | "errors"> = {
  ...{ command: "loadtest", ok: false, at: "", asked: "", durationSeconds: 0, answersPerSecond: 0 },
  ...{ ...new Recorder().summarize(), shares: [], remarks: [] },
};

async function testLoad(given: LoadRequest, { engine, parts }: DeployedStack): Promise<LoadResult> {
  const { stack, allowPublic } = given;
  const { routes, isOwn } = await addressRoutes(
    readRoutes(given.url, given.method),
    { engine, parts },
    allowPublic,
  );
  const pace: Pace =
    given.connections === undefined ? { rate: given.rate ?? usualRate } : { connections: given.connections };
  const settings: LoadSettings = {
    ...{ routes, pace, seconds: given.seconds, requests: given.requests, timeoutSeconds: given.timeout },
    ...{ headers: readHeaders(given), body: given.body, checksCertificates: !given.insecure && !isOwn },
  };
  const asked = describeLoad(settings);
  if (!given.json) process.stdout.write(`${choosePaint()("bold", asked)}\n`);
  const balancers = isOwn ? parts : [];
  const [before, balancing] = await Promise.all([
    lookIntoBalancers(engine, balancers),
    readBalancing(engine, balancers),
  ]);
  const load = startLoad(settings);
  const release = untilInterrupted(() => void load.stop());
  await load.ended;
  release();
  const seconds = load.elapsedMs() / 1000;
  const summary = load.first.summarize();
  const answers = countAnswers(summary, parts);
  const counts = Object.keys(answers).length > 0 ? answers : await countAfter(before);
  return {
    ...{ command: "loadtest", stack, ok: summary.failed === 0 && summary.requests > 0 },
    ...{ at: new Date().toISOString(), asked, durationSeconds: Math.round(seconds * 100) / 100 },
    ...summary,
    answersPerSecond: Math.round((summary.answered / seconds) * 10) / 10,
    shares: compareShares(counts, balancing),
    remarks: listRemarks(summary),
    errors: [],
  };

  async function countAfter(before: BalancerLook[]): Promise<Record<string, number>> {
    if (before.length === 0) return {};
    await wait(countedSeconds * 1000);
    return countTries(before, await lookIntoBalancers(engine, parts));
  }
}

function listRemarks({ lateMs: late, requests, statuses }: Summary): string[] {
  const redirects = Object.entries(statuses).filter(([status]) => status.startsWith("3"));
  return [
    ...(late > lateMs
      ? [
          `This machine was up to ${Math.round(late)} ms late in sending: a part of the durations is its own. Load from another one, or with less.`,
        ]
      : []),
    ...(redirects.reduce((sum, [, count]) => sum + count, 0) > requests / 2
      ? [
          "Most answers lead elsewhere (3xx), and redirections are not followed: name the address that they lead to by --url.",
        ]
      : []),
  ];
}
