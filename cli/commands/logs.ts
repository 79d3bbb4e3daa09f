import { defineCommand, flag, rest, text } from "../command";
import { exitCodes, Misuse } from "../failure";
import type { Part } from "../../engine/parts";
import { follow } from "../../engine/streams";
import { followToEnd } from "../operator/interrupt";
import { createPainter, type LogLine, readFilter, titleLogs } from "../operator/log-lines";
import { followLogs, type LogRequest, readLogs } from "../operator/logs";
import { chooseParts, findDeployed, isNamed } from "../operator/parts";
import { choosePaint } from "../operator/style";
import { json, sinceOption, stack } from "../options";
import { say } from "../processes";

/** Shows what the parts of a stack say. */
export const logs = defineCommand({
  name: "logs",
  summary: "shows the logs of the stack's containers, in the order of time, also through an update",
  arguments: {
    parts: rest("pools, replicas, datastores, balancer, monitoring; all of the stack when left out"),
  },
  options: {
    stack,
    follow: flag("goes on until Ctrl-C; replicas that an update brings join", "f"),
    since: sinceOption(undefined),
    tail: text("lines", "how many of the last lines of all together, or all", "100", { check: checkTail }),
    grep: text("pattern", "lines that match a regular expression", undefined),
    status: text("statuses", "answers of the balancer with these statuses: 404 or 5xx", undefined),
    json,
  },
  examples: [
    ["npm run logs", "the last 100 lines of all"],
    ["npm run logs -- --follow api", "all replicas of a pool, from now on"],
    ["npm run logs -- balancer --status 5xx --since 1h --tail all", "what failed in the last hour"],
    ["npm run logs -- main --grep 'deadlock|ERROR' --stack prod", "a datastore's log"],
  ],
  check: ({ grep, status }) => {
    readFilter({ grep, status });
  },
  run: async (given) => {
    const { engine, label, parts } = await findDeployed(given.stack);
    const request: LogRequest = {
      ...{ engine, label, follow },
      parts: chooseParts(parts, given.parts),
      choose: (all) => all.filter((part) => isNamed(part, given.parts)),
      since: given.since,
      tail: given.tail,
      filter: readFilter(given),
    };
    const show = createScreen(request, parts, given.json);
    const begin = new Date().toISOString();
    (await readLogs(request)).forEach(show);
    if (!given.follow) return exitCodes.done;
    return followToEnd(followLogs(request, begin, { show, tell: given.json ? () => undefined : say }));
  },
});

function createScreen({ parts }: LogRequest, all: Part[], json: boolean): (line: LogLine) => void {
  if (json)
    return (line) => {
      process.stdout.write(`${JSON.stringify(line)}\n`);
    };
  const titles = titleLogs(parts);
  const width = Math.max(0, ...[...titles.values()].map((title) => title.length));
  const paint = createPainter(choosePaint(), (address) => nameAddress(all, address));
  return (line) => {
    process.stdout.write(`${paint(line, width)}\n`);
  };
}

/** Title of the container at an address and port of a network; the address where nobody has it any more. */
function nameAddress(parts: Part[], address: string): string {
  const host = address.replace(/:\d+$/, "");
  const has = ({ networks }: Part): boolean => Object.values(networks).some((own) => own.address === host);
  return parts.find(has)?.title ?? address;
}

function checkTail(written: string, place: string): void {
  if (!/^(?:\d+|all)$/.test(written))
    throw new Misuse(
      `${place} must be a number of lines or all, got ${JSON.stringify(written)}. Write it like 100.`,
    );
}
