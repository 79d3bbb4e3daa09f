import { once } from "node:events";
import { listParts } from "../../engine/parts";
import { defineCommand, describeStray, number, type Option, text } from "../command";
import { exitCodes, Failure, Misuse } from "../failure";
import { isRange, lookAt, type MonitorLook, type Range, ranges } from "../monitor/figures";
import { renderMonitor } from "../monitor/page";
import { type Subject, subjectNames } from "../monitor/panels";
import { serveMonitor } from "../monitor/server";
import { untilInterrupted } from "../operator/interrupt";
import { type DeployedStack, findDeployed } from "../operator/parts";
import { findPrometheus } from "../operator/prometheus";
import { json, stack } from "../options";
import { writePage } from "../page/file";
import { say } from "../processes";

const range: Option<Range> = {
  ...{
    value: "time",
    help: `how far back: ${Object.keys(ranges).join(", ")}; 1h when left out`,
    initial: "1h",
  },
  read: (written, place) => {
    if (isRange(written)) return written;
    throw new Misuse(describeStray(written, place, Object.keys(ranges)));
  },
};

/** Shows what Prometheus knows without a Grafana. */
export const monitor = defineCommand({
  name: "monitor",
  summary:
    "shows the panels of the stack's dashboards on a page for this machine alone, or writes them into a file, where there is no Grafana",
  options: {
    stack,
    port: number("port", "where the page is, at 127.0.0.1; 8899 when left out", 8899, {
      least: 1,
      most: 65_535,
    }),
    range,
    html: text("file", "writes all pages as one into this file, and ends", undefined),
    json,
  },
  examples: [
    ["npm run monitor", "at http://127.0.0.1:8899/ until Ctrl-C"],
    ["npm run monitor -- --html monitor.html --range 24h --stack prod", "one file, to be sent to somebody"],
    ["npm run monitor -- --json", "the lines of all panels for programs"],
  ],
  run: async (given) => {
    const deployed = await findDeployed(given.stack);
    if (given.json || given.html !== undefined) {
      const look = await lookNow(deployed, subjectNames, given.range);
      if (given.html !== undefined) writePage(given.html, renderMonitor(look));
      if (given.json) process.stdout.write(`${JSON.stringify(look, undefined, 2)}\n`);
      return exitCodes.done;
    }
    // Told at once where there is none, not by the first page.
    requirePrometheus(deployed);
    const server = await serveMonitor(given.port, async (subject, back) => {
      const parts = await listParts(deployed.engine, deployed.label);
      return renderMonitor(await lookNow({ ...deployed, parts }, [subject], back), { subject });
    });
    say(`http://127.0.0.1:${given.port}/ until Ctrl-C`);
    untilInterrupted(() => {
      server.close();
      server.closeAllConnections();
    });
    await once(server, "close");
    return exitCodes.done;
  },
});

function requirePrometheus({ label, parts }: DeployedStack) {
  const [prometheus] = findPrometheus(parts);
  if (prometheus === undefined)
    throw new Failure(
      `The stack ${label} has no Prometheus that runs. Give it monitoring (flotilla:monitoring: {} in its file) and deploy, or look at: npm run status`,
    );
  return prometheus;
}

function lookNow(deployed: DeployedStack, wanted: Subject[], range: Range): Promise<MonitorLook> {
  const at = Math.floor(Date.now() / 1000);
  const prometheus = requirePrometheus(deployed);
  return lookAt({ engine: deployed.engine, prometheus, stack: deployed.label }, wanted, range, at);
}
