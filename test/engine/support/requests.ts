import http from "node:http";
import { setTimeout as wait } from "node:timers/promises";

/** An answer of the demo application. */
export interface Answer {
  version: string;
  served_by: { instance: string; hostname: string };
  /** How many were counted; null where the store does not answer. */
  visits?: number | null;
  upstream?: Answer;
}

/** Asks once on a connection of its own; gives the status, or the code of what went wrong. */
export function ask(url: string): Promise<{ status: number; body: string } | string> {
  return new Promise((resolve) => {
    const request = http.get(url, { agent: false, timeout: 5000 }, (response) => {
      let body = "";
      response.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
      response.on("end", () => {
        resolve({ status: response.statusCode ?? 0, body });
      });
      response.on("error", ({ message }) => {
        resolve(message);
      });
    });
    request.on("timeout", () => request.destroy(new Error("timeout")));
    request.on("error", (error: NodeJS.ErrnoException) => {
      resolve(error.code ?? error.message);
    });
  });
}

/** Asks once and expects a good answer of the demo application. */
export async function askForAnswer(url: string): Promise<Answer> {
  const answer = await ask(url);
  if (typeof answer === "string" || answer.status !== 200)
    throw new Error(`${url} answered ${JSON.stringify(answer)}`);
  return JSON.parse(answer.body) as Answer;
}

/** Asks many times, one after the other. */
export async function askManyTimes(url: string, times: number): Promise<Answer[]> {
  const answers: Answer[] = [];
  for (let i = 0; i < times; i++) answers.push(await askForAnswer(url));
  return answers;
}

/** What one request of a watch gave: a status or an error's code, and when. */
export interface Seen {
  /** Seconds since the epoch. */
  time: number;
  outcome: number | string;
}

/** Asks again and again until it is told to stop. */
export function watch(url: string, pauseMilliseconds = 20): () => Promise<Seen[]> {
  const seen: Seen[] = [];
  let stopping = false;
  const isStopping = () => stopping;
  const watching = (async () => {
    while (!isStopping()) {
      const answer = await ask(url);
      seen.push({ time: Date.now() / 1000, outcome: typeof answer === "string" ? answer : answer.status });
      await wait(pauseMilliseconds);
    }
  })();
  return async () => {
    stopping = true;
    await watching;
    return seen;
  };
}
