import { runClients, startClock, type LoadSettings } from "./clients";
import { Recorder, type LoadReport } from "./report";

/** What the parent sends to this process; its first argument holds the settings. */
export type ParentMessage = { type: "snapshot" } | { type: "stop" };

/** What this process sends to the parent. */
export type WorkerMessage = { type: "started" } | { type: "snapshot" | "report"; report: LoadReport };

function send(message: WorkerMessage, sent?: () => void): void {
  process.send?.(message, undefined, {}, sent);
}

const settings = JSON.parse(process.argv[2] ?? "") as LoadSettings;
const recorder = new Recorder();
const elapsedMs = startClock();
const clients = runClients(settings, recorder, elapsedMs);

async function stop(): Promise<void> {
  await clients.stop();
  send({ type: "report", report: recorder.report(elapsedMs()) }, () => {
    process.disconnect();
  });
}

process.on("message", (message: ParentMessage) => {
  if (message.type === "stop") void stop();
  else send({ type: "snapshot", report: recorder.report(elapsedMs()) });
});
// Also reached when the parent died: a load without its parent must not go on.
process.on("disconnect", () => process.exit(0));
send({ type: "started" });
