import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { renderFigures } from "./figures";
import { observe } from "./io/observe";
import { type ExporterSettings, exporterFiles, exporterPort } from "./settings";

const settings = JSON.parse(readFileSync(exporterFiles.settings, "utf8")) as ExporterSettings;
const password = readFileSync(exporterFiles.password, "utf8").trim();

async function describe(): Promise<string> {
  try {
    return renderFigures(await observe(settings.brokers, { user: settings.user, password }));
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return renderFigures(undefined);
  }
}

createServer((request, response) => {
  const { pathname } = new URL(request.url ?? "/", "http://exporter");
  if (pathname === "/health") {
    response.end("ok\n");
    return;
  }
  if (pathname !== "/metrics") {
    response.writeHead(404).end("There are /metrics and /health.\n");
    return;
  }
  void describe().then((text) =>
    response.setHeader("content-type", "text/plain; version=0.0.4; charset=utf-8").end(text),
  );
}).listen(exporterPort);

// The first process of a container is not ended by a signal that it does not take.
process.once("SIGTERM", () => process.exit());
