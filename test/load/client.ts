import { fork, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";

import { buildSync } from "esbuild";

import type { LoadSettings } from "./clients";
import { describeFailures, type FinalReport, type Kind, type LoadReport, type Method } from "./report";
import type { ParentMessage, WorkerMessage } from "./worker";

/** What to load, and how. */
export interface LoadOptions {
  /** Where busy, idle and fresh clients send their requests; the slow ones add a path to it. */
  url: string;
  /** Number of clients per kind. Defaults to 16 busyGet, 16 busyPost, 8 slow, 8 idle and 4 fresh; slow and fresh are half GET, half POST. */
  clients?: Partial<Record<Kind, number>>;
  /** The only method to use. Defaults to both; kinds that do not use the method stay away. */
  method?: Method;
  /** Headers of each request, such as `Host`. Defaults to none. */
  headers?: Record<string, string>;
  /** Certificates in PEM that the clients trust, and no others. Defaults to those that Node trusts. */
  ca?: string;
  /** Pause of a client after each answer. Defaults to 20 for busy and slow clients and to 10 for fresh ones. */
  paceMs?: Partial<LoadSettings["paceMs"]>;
  /** Bounds of the random pause of an idle client. Defaults to 1,000 to 8,000. */
  idleMs?: LoadSettings["idleMs"];
  /** How long the application is asked to take for a slow request. Defaults to 2,000. */
  slowMs?: number;
  /** Path for slow requests, from `url`, with `<ms>` for their time. Defaults to `slow?ms=<ms>`. */
  slowPath?: string;
  /** Path for POSTs that are not slow, from `url`, and the JSON that all POSTs send. Defaults to `url` itself and an order. */
  post?: Partial<LoadSettings["post"]>;
  /** Text that every good answer contains. Defaults to JSON with `served_by`. */
  answer?: string;
  /** Time after which a request counts as failed. Defaults to 45,000. */
  timeoutMs?: number;
  /** Seed of the random pauses. Defaults to 1. */
  seed?: number;
}

/** A load at work in a process of its own. */
export interface Load {
  /** Lets the requests under way finish, then ends the load. */
  stop(): Promise<FinalReport>;
  /** Says that the operation begins, or is over: what happens before and after it is counted apart. */
  enter(phase: "during" | "after"): void;
  /** Waits until that many requests were answered since the start, whatever the status; gives up after 120 s unless told otherwise. */
  waitFor(requests: number, timeoutSeconds?: number): Promise<void>;
  /** What has happened until now. */
  snapshot(): Promise<LoadReport>;
}

const defaultClients: Record<Kind, number> = { busyGet: 16, busyPost: 16, slow: 8, idle: 8, fresh: 4 };

/** Starts clients that count every failure and repeat no request. */
export function startLoad(options: LoadOptions): Load {
  const worker = startWorker({
    load: randomBytes(6).toString("hex"),
    url: new URL(options.url).href,
    clients: { ...defaultClients, ...options.clients },
    method: options.method,
    headers: options.headers ?? {},
    ca: options.ca,
    paceMs: { busy: 20, fresh: 10, ...options.paceMs },
    idleMs: options.idleMs ?? { min: 1000, max: 8000 },
    slowMs: options.slowMs ?? 2000,
    slowPath: options.slowPath ?? "slow?ms=<ms>",
    post: { path: "", body: JSON.stringify({ item: "anchor", quantity: 2 }), ...options.post },
    answer: options.answer,
    timeoutMs: options.timeoutMs ?? 45_000,
    seed: options.seed ?? 1,
  });
  let finalReport: Promise<FinalReport> | undefined;

  const stop = () => (finalReport ??= worker.ask({ type: "stop" }, "report") as Promise<FinalReport>);
  const snapshot = (): Promise<LoadReport> => finalReport ?? worker.ask({ type: "snapshot" }, "snapshot");

  async function waitFor(requests: number, timeoutSeconds = 120): Promise<void> {
    const deadline = Date.now() + timeoutSeconds * 1000;
    for (;;) {
      const report = await snapshot();
      if (report.answered >= requests) return;
      if (finalReport !== undefined || Date.now() > deadline) {
        const when = finalReport === undefined ? `after ${timeoutSeconds} s` : "when the load ended";
        throw new Error(
          `Load: ${report.answered} of ${requests} requests were answered ${when}; ${describeFailures(report)}.`,
        );
      }
      await wait(100);
    }
  }

  const enter = (phase: "during" | "after") => {
    worker.tell({ type: "enter", phase });
  };
  return { stop, enter, snapshot, waitFor };
}

interface Worker {
  tell(message: ParentMessage): void;
  ask(question: ParentMessage, answerType: "snapshot" | "report"): Promise<LoadReport>;
}

interface Waiting {
  answerType: WorkerMessage["type"];
  resolve: (report: LoadReport) => void;
  reject: (error: Error) => void;
}

// The clients run in their own process, so that a busy test runner cannot make answers look slow.
function startWorker(settings: LoadSettings): Worker {
  const bundle = bundleWorker();
  // No arguments for Node are passed on: those of a test runner do not fit the bundle.
  const child = fork(bundle.file, [JSON.stringify(settings)], {
    execArgv: [],
    stdio: ["ignore", "inherit", "pipe", "ipc"],
  });
  let complaint = "";
  child.stderr?.on("data", (chunk: Buffer) => (complaint = (complaint + chunk.toString()).slice(-4000)));
  const waiting: Waiting[] = [];
  let ended: Error | undefined;

  const end = (error: Error) => {
    ended ??= error;
    bundle.remove();
    for (const { reject } of waiting.splice(0)) reject(ended);
  };
  child.on("error", end);
  child.on("close", (code, signal) => {
    const fail = () => {
      end(new Error(`Load: the process of the clients ended with ${String(code ?? signal)}.\n${complaint}`));
    };
    // A process can be gone before its last message is read.
    if (child.connected) child.once("disconnect", fail);
    else fail();
  });
  child.on("message", (message: WorkerMessage) => {
    if (message.type === "started") {
      bundle.remove();
      return;
    }
    const answered = waiting.find(({ answerType }) => answerType === message.type);
    if (answered === undefined) return;
    waiting.splice(waiting.indexOf(answered), 1);
    answered.resolve(message.report);
  });
  stopWithThisProcess(child);

  return {
    tell: (message) => {
      if (child.connected) child.send(message);
    },
    ask: (question, answerType) =>
      new Promise((resolve, reject) => {
        if (ended !== undefined) {
          reject(ended);
          return;
        }
        waiting.push({ answerType, resolve, reject });
        child.send(question);
      }),
  };
}

function stopWithThisProcess(child: ChildProcess): void {
  const kill = () => child.kill();
  process.once("exit", kill);
  child.once("exit", () => process.off("exit", kill));
}

function bundleWorker(): { file: string; remove: () => void } {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-load-"));
  const file = join(folder, "worker.cjs");
  buildSync({
    entryPoints: [join(__dirname, "worker.ts")],
    outfile: file,
    bundle: true,
    platform: "node",
    format: "cjs",
    target: "node20",
    logLevel: "error",
  });
  const remove = () => {
    rmSync(folder, { recursive: true, force: true });
  };
  return { file, remove };
}
