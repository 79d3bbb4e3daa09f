import type { Part } from "../../engine/parts";
import { Misuse } from "../failure";
import type { Color, Paint } from "./style";
import { sortByTime } from "./table";

/** A line of a log. */
export interface LogLine {
  /** Title of the container. */
  title: string;
  /** As the engine noted it, to the nanosecond: as texts they are in the order of time. */
  time: string;
  text: string;
}

/** Reads a line that the engine prints with its time. */
export function parseLogLine(title: string, line: string): LogLine {
  const at = line.indexOf(" ");
  return at === -1
    ? { title, time: line, text: "" }
    : { title, time: line.slice(0, at), text: line.slice(at + 1) };
}

/** Puts lines of several logs into the order of time; those of the same moment stay in the order of their logs. */
export function mergeLines(logs: LogLine[][]): LogLine[] {
  return sortByTime(logs.flat());
}

/** Which lines are wanted. */
export interface LogFilter {
  /** A regular expression, of any line. */
  grep: RegExp | undefined;
  /** Statuses of the balancer's answers; other lines have none. */
  status: RegExp | undefined;
}

/** Reads the words of a user. */
export function readFilter({
  grep,
  status,
}: {
  grep?: string | undefined;
  status?: string | undefined;
}): LogFilter {
  return {
    grep: grep === undefined ? undefined : readPattern(grep),
    status: status === undefined ? undefined : readStatus(status),
  };
}

function readPattern(text: string): RegExp {
  try {
    return new RegExp(text);
  } catch (error) {
    throw new Misuse(
      `--grep must be a regular expression, got ${JSON.stringify(text)} (${error instanceof Error ? error.message : ""}). Write a backslash before signs that mean themselves.`,
    );
  }
}

function readStatus(text: string): RegExp {
  const parts = text.split(",").map((part) => part.trim());
  if (!parts.every((part) => /^[1-5](?:\d\d|xx)$/.test(part)))
    throw new Misuse(
      `--status must be statuses such as 404 or 5xx, got ${JSON.stringify(text)}. Write it like 404,5xx.`,
    );
  return new RegExp(`^(?:${parts.map((part) => part.replace("xx", "\\d\\d")).join("|")})$`);
}

/** Whether a line is wanted. */
export function isWanted({ text }: LogLine, { grep, status }: LogFilter): boolean {
  if (grep !== undefined && !grep.test(text)) return false;
  return status === undefined || status.test(readAnswer(text));
}

/** The status in a line of the balancer's access log, in either of its formats; empty where it is no such line. */
function readAnswer(text: string): string {
  const [, inJson] = /^\{"time":.*?"status":(\d{3}),/.exec(text) ?? [];
  const [, combined] = /^\S+ - .* \[[^\]]+\] ".*" (\d{3}) \d+ "/.exec(text) ?? [];
  return inJson ?? combined ?? "";
}

interface Answer {
  method: string;
  host: string;
  uri: string;
  status: number;
  bytes: number;
  seconds: number;
  upstream: string;
  /** Title of the replica that answered; lines of earlier versions have none. */
  replica?: string;
}

/** A line of the balancer's access log in JSON, for people; any other stays as it is. */
export function describeAnswer(text: string, nameOf: (address: string) => string): string {
  if (!/^\{"time":".*"status":\d/.test(text)) return text;
  try {
    const { method, host, uri, status, bytes, seconds, upstream, replica = "" } = JSON.parse(text) as Answer;
    // The address of one that is gone may be another's by now.
    const answered = upstream.replace(/[\d.]+:\d+$/, (address) => (replica === "" ? address : replica));
    const tries = upstream === "" ? "nobody" : answered.replaceAll(/[\d.]+:\d+/g, nameOf);
    return `${status} ${method} ${host}${uri} ${Math.round(seconds * 1000)} ms, ${bytes} bytes, by ${tries}`;
  } catch {
    // A line that was cut.
    return text;
  }
}

const colors: Color[] = ["cyan", "yellow", "green", "magenta", "blue"];

/** Gives each container a colour: that of its number among those that were seen. */
export function createPainter(
  paint: Paint,
  nameOf: (address: string) => string,
): (line: LogLine, width: number) => string {
  const known = new Map<string, Color>();
  return ({ title, text }, width) => {
    const color = known.get(title) ?? colors[known.size % colors.length] ?? "cyan";
    known.set(title, color);
    return `${paint(color, `${title.padEnd(width)} |`)} ${describeAnswer(text, nameOf)}`;
  };
}

/** Titles of containers; with the component's name where two have the same, and the id's start where an update replaces one. */
export function titleLogs(parts: Part[]): Map<string, string> {
  return new Map(
    parts.map((part) => {
      const same = parts.filter(({ title }) => title === part.title);
      if (same.length < 2) return [part.id, part.title];
      const isOneService = same.every(({ service }) => service === part.service);
      return [
        part.id,
        isOneService ? `${part.title}@${part.id.slice(0, 4)}` : `${part.service}/${part.title}`,
      ];
    }),
  );
}
