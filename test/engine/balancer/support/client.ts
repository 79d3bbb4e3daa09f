import http from "node:http";
import { count } from "../../support/counts";

/** What is asked. */
export interface Question {
  path?: string;
  method?: string;
  headers?: http.OutgoingHttpHeaders;
  body?: string | Buffer;
  /** Gives the request a connection of its own. */
  fresh?: boolean;
}

/** What was answered. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  text: string;
  seconds: number;
}

/** What the workbench says in an answer. */
export interface Echo {
  instance: string;
  method: string;
  url: string;
  /** How many requests of this method and path the instance had by then. */
  number: number;
  headers: Record<string, string | undefined>;
  /** Bytes of the request's body. */
  length: number;
}

/** All requests that clients sent, and how many of them had no answer. */
export const tally = { sent: 0, broken: 0 };

/** Asks one balancer. */
export interface Client {
  ask(question?: Question | string): Promise<Answer>;
  /** Asks as many times, by some clients at once, who share the questions. */
  askMany(
    count: number,
    question?: Question | string | ((index: number) => Question | string),
    clients?: number,
  ): Promise<Answer[]>;
  /** Closes the connections that are open. */
  forget(): void;
}

const timeoutMilliseconds = 60_000;

/** A client of what listens on a port of this machine. */
export function createClient(port: number): Client {
  let agent = new http.Agent({ keepAlive: true });

  function ask(question: Question | string = {}): Promise<Answer> {
    const { path = "/", method = "GET", headers = {}, body, fresh = false } = toQuestion(question);
    tally.sent += 1;
    const startedAt = performance.now();
    return new Promise((resolve, reject) => {
      const fail = (error: Error) => {
        tally.broken += 1;
        reject(new Error(`${method} ${path}: ${error.message}`));
      };
      const options = { host: "127.0.0.1", port, path, method, headers, timeout: timeoutMilliseconds };
      const request = http.request({ ...options, agent: fresh ? false : agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", fail);
        response.on("end", () => {
          const { statusCode: status = 0 } = response;
          const answered = Buffer.concat(chunks);
          const seconds = (performance.now() - startedAt) / 1000;
          resolve({ status, headers: response.headers, body: answered, text: answered.toString(), seconds });
        });
      });
      request.on("timeout", () => request.destroy(new Error("no answer")));
      request.on("error", fail);
      request.end(body);
    });
  }

  return {
    ask,
    askMany: async (count, question = {}, clients = 16) => {
      const answers: Answer[] = [];
      let next = 0;
      const work = async () => {
        while (next < count) {
          const index = next++;
          answers[index] = await ask(typeof question === "function" ? question(index) : question);
        }
      };
      await Promise.all(Array.from({ length: Math.min(clients, count) }, work));
      return answers;
    },
    forget: () => {
      agent.destroy();
      agent = new http.Agent({ keepAlive: true });
    },
  };
}

function toQuestion(question: Question | string): Question {
  return typeof question === "string" ? { path: question } : question;
}

/** What the workbench said. */
export function readEcho({ text }: Answer): Echo {
  return JSON.parse(text) as Echo;
}

/** How many answers each instance gave. */
export function countInstances(answers: Answer[]): Record<string, number> {
  return count(answers, ({ headers }) => String(headers["x-answered-by"] ?? "none"));
}

/** How many answers had each status. */
export function countStatuses(answers: Answer[]): Record<string, number> {
  return count(answers, ({ status }) => String(status));
}
