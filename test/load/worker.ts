import { runClients, startClock, type LoadSettings } from "./clients";
import { Recorder, type FinalReport, type LoadReport } from "./report";

/** What the parent sends to this process; its first argument holds the settings. */
export type ParentMessage =
  { type: "snapshot" } | { type: "stop" } | { type: "enter"; phase: "during" | "after" };

/** What this process sends to the parent. */
export type WorkerMessage =
  { type: "started" } | { type: "snapshot"; report: LoadReport } | { type: "report"; report: FinalReport };

function send(message: WorkerMessage, sent?: () => void): void {
  process.send?.(message, undefined, {}, sent);
}

const settings = JSON.parse(process.argv[2] ?? "") as LoadSettings;
const recorder = new Recorder();
const startedAt = Date.now();
const elapsedMs = startClock();
const clients = runClients(settings, recorder, elapsedMs);

async function stop(): Promise<void> {
  await clients.stop();
  const report = {
    ...recorder.report(elapsedMs()),
    ...{ load: settings.load, startedAt, numbered: recorder.numbered },
  };
  send({ type: "report", report }, () => {
    process.disconnect();
  });
}

process.on("message", (message: ParentMessage) => {
  if (message.type === "stop") void stop();
  else if (message.type === "enter") recorder.enter(message.phase, elapsedMs());
  else send({ type: "snapshot", report: recorder.report(elapsedMs()) });
});
// Also reached when the parent died: a load without its parent must not go on.
process.on("disconnect", () => process.exit(0));
send({ type: "started" });
