import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";

/** A page in a window of its own, which shares no connection with others. */
export interface Page {
  /** Evaluates an expression in the page. */
  read: (expression: string) => Promise<unknown>;
}

/** A real browser, without a window. */
export interface Browser {
  open: (url: string) => Promise<Page>;
  close: () => Promise<void>;
}

const program = "/usr/bin/chromium";

/** Whether this machine has a browser. */
export const hasBrowser = existsSync(program);

interface Message {
  id?: number;
  result?: Record<string, unknown>;
  error?: { message: string };
}

/** Starts Chromium and speaks with it over two pipes, as its developers' tools do. */
export function startBrowser(): Browser {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-browser-"));
  const child = spawn(
    program,
    [
      ...["--headless", "--disable-gpu", "--no-first-run", "--remote-debugging-pipe"],
      // Chromium refuses its sandbox to root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      `--user-data-dir=${folder}`,
    ],
    { stdio: ["ignore", "ignore", "ignore", "pipe", "pipe"] },
  );
  const [, , , toBrowser, fromBrowser] = child.stdio as unknown as [null, null, null, Writable, Readable];
  const waiting = new Map<number, (message: Message) => void>();
  let asked = 0;
  let rest = "";
  fromBrowser.setEncoding("utf8").on("data", (chunk: string) => {
    const texts = (rest + chunk).split("\0");
    rest = texts.pop() ?? "";
    for (const text of texts) {
      const message = JSON.parse(text) as Message;
      if (message.id === undefined) continue;
      waiting.get(message.id)?.(message);
      waiting.delete(message.id);
    }
  });
  const ended = new Promise<void>((resolve) => {
    child.once("exit", () => {
      for (const settle of waiting.values()) settle({ error: { message: "the browser ended" } });
      resolve();
    });
  });

  const ask = async (method: string, params: Record<string, unknown>, sessionId?: string) => {
    const id = (asked += 1);
    const answer = new Promise<Message>((resolve) => waiting.set(id, resolve));
    toBrowser.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answer;
    if (result === undefined) throw new Error(`${method}: ${error?.message ?? "no answer"}`);
    return result;
  };

  return {
    open: async (url) => {
      const { browserContextId } = await ask("Target.createBrowserContext", {});
      const { targetId } = await ask("Target.createTarget", { url, browserContextId });
      const { sessionId } = await ask("Target.attachToTarget", { targetId, flatten: true });
      return {
        read: async (expression) => {
          const params = { expression, returnByValue: true };
          const { result } = await ask("Runtime.evaluate", params, sessionId as string);
          return (result as { value?: unknown }).value;
        },
      };
    },
    close: async () => {
      child.kill();
      await ended;
      // Its helpers write for a moment longer.
      rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
    },
  };
}
