import type { Engine } from "../../engine/client";
import { labelFilters } from "../../engine/labels";
import { listParts, type Part } from "../../engine/parts";
import type { Follow, Stream } from "../../engine/streams";
import { isWanted, type LogFilter, type LogLine, mergeLines, parseLogLine, titleLogs } from "./log-lines";

/** Which logs are read, and from when on. */
export interface LogRequest {
  engine: Engine;
  label: string;
  /** The containers of now. */
  parts: Part[];
  /** Chooses those that are wanted among others that come later. */
  choose: (parts: Part[]) => Part[];
  since: string | undefined;
  tail: string;
  filter: LogFilter;
  follow: Follow;
}

/** Reads what there is, in the order of time; `tail` counts the lines of all together. */
export async function readLogs(request: LogRequest): Promise<LogLine[]> {
  const { engine, parts, since, tail, filter, follow } = request;
  const titles = titleLogs(parts);
  const chooses = filter.grep !== undefined || filter.status !== undefined;
  const options = [
    "--timestamps",
    ...(since === undefined ? [] : [`--since=${since}`]),
    // Where lines are chosen afterwards, the last of each log may not be among them.
    ...(chooses ? [] : [`--tail=${tail}`]),
  ];
  const logs = await Promise.all(
    parts.map(async ({ id }) => {
      const lines: LogLine[] = [];
      const take = (line: string) => lines.push(parseLogLine(titles.get(id) ?? "", line));
      await follow(engine, ["logs", ...options, id], take, { both: true }).ended;
      return lines;
    }),
  );
  const wanted = mergeLines(logs).filter((line) => isWanted(line, filter));
  return tail === "all" ? wanted : wanted.slice(Math.max(0, wanted.length - Number(tail)));
}

/** Lines of several logs come a little out of order: each waits so many milliseconds for earlier ones. */
const settleMs = 300;

/** Where lines go, and what is to be told beside them. */
export interface LogScreen {
  show: (line: LogLine) => void;
  tell: (message: string) => void;
}

/** Shows lines as they come, from a moment on: those of containers that an update brings too, and no more of those that go. */
export function followLogs(request: LogRequest, since: string, { show, tell }: LogScreen): Stream {
  const { engine, label, choose, filter, follow } = request;
  const streams = new Map<string, Stream>();
  const titles = titleLogs(request.parts);
  let waiting: LogLine[] = [];
  let isOver = false;

  const flush = (isDue: (line: LogLine) => boolean): void => {
    const sorted = mergeLines([waiting]);
    waiting = sorted.filter((line) => !isDue(line));
    sorted.filter(isDue).forEach(show);
  };
  const timer = setInterval(() => {
    const before = new Date(Date.now() - settleMs).toISOString();
    const future = new Date(Date.now() + 2 * settleMs).toISOString();
    // A line of an engine whose clock is ahead would wait for too long.
    flush(({ time }) => time < before || time > future);
  }, settleMs);

  const read = (part: Part, from: string): void => {
    const title = titles.get(part.id) ?? part.title;
    const take = (line: string): void => {
      const parsed = parseLogLine(title, line);
      if (isWanted(parsed, filter)) waiting.push(parsed);
    };
    const args = ["logs", "--follow", "--timestamps", `--since=${from}`, part.id];
    const stream = follow(engine, args, take, { both: true });
    streams.set(part.id, stream);
    void stream.ended.then(() => {
      // One that is started again is read anew.
      streams.delete(part.id);
      if (!isOver) tell(`${title} has ended`);
    });
  };
  const readNew = async (): Promise<void> => {
    const parts = choose(await listParts(engine, label));
    const named = titleLogs(parts);
    for (const part of parts) {
      if (streams.has(part.id) || part.state !== "running") continue;
      titles.set(part.id, named.get(part.id) ?? part.title);
      tell(`${titles.get(part.id) ?? ""} has started`);
      read(part, new Date(part.startedAt).toISOString());
    }
  };

  // Before the logs, so that no container is missed in between.
  const filters = ["--filter=type=container", "--filter=event=start", ...labelFilters({ stack: label })];
  const events = follow(engine, ["events", "--format={{.ID}}", `--since=${since}`, ...filters], () => {
    void readNew();
  });
  for (const part of request.parts) if (part.state === "running") read(part, since);
  return {
    ended: events.ended.finally(() => {
      clearInterval(timer);
    }),
    stop: () => {
      isOver = true;
      clearInterval(timer);
      for (const stream of [events, ...streams.values()]) stream.stop();
      flush(() => true);
    },
  };
}
