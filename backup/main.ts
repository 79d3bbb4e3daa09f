import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseSchedule } from "./cron";
import { ask } from "./io/client";
import { openDumper } from "./io/dumper";
import { explain, Failure } from "./io/failure";
import { openFolder } from "./io/folder-place";
import { startKeeper } from "./io/keeper";
import type { Place } from "./io/place";
import { openS3 } from "./io/s3-place";
import { serveCommands, serveMetrics } from "./io/server";
import { openShelf } from "./io/shelf";
import { backupPort, files, type BackupSettings } from "./settings";

const tickMilliseconds = 5000;

function serve(): void {
  const settings = JSON.parse(readFileSync(files.settings, "utf8")) as BackupSettings;
  const schedule = parseSchedule(settings.schedule);
  if (typeof schedule === "string") throw new Failure(`The schedule cannot be used: ${schedule}.`);
  const place = openPlace(settings);
  const workshop = {
    settings,
    place,
    dumper: openDumper(files.staging),
    shelf: openShelf(place, join(files.staging, "record")),
    keys: readKeys(),
  };
  const keeper = startKeeper(workshop, schedule, join(files.staging, "history.json"));
  serveMetrics(keeper, backupPort);
  serveCommands(keeper, files.socket);
  const tick = (): void => {
    keeper.tick().then(
      () => setTimeout(tick, tickMilliseconds),
      (error: unknown) => {
        throw error;
      },
    );
  };
  tick();
}

function openPlace({ place }: BackupSettings): Place {
  if ("folder" in place) return openFolder(place.folder);
  return openS3(place.s3, {
    accessKey: readSecret(files.accessKey),
    secretKey: readSecret(files.secretKey),
    sessionToken: existsSync(files.sessionToken) ? readSecret(files.sessionToken) : undefined,
  });
}

function readKeys(): [string, ...string[]] {
  return [readSecret(files.key), ...(existsSync(files.formerKey) ? [readSecret(files.formerKey)] : [])];
}

function readSecret(file: string): string {
  return readFileSync(file, "utf8").trim();
}

async function main([command = "serve", argument = ""]: string[]): Promise<void> {
  if (command === "serve") {
    // The first process of a container is not ended by a signal that it does not take.
    process.once("SIGTERM", () => process.exit());
    serve();
    return;
  }
  const answer = await ask(files.socket, command, argument);
  process.stdout.write(`${JSON.stringify(answer)}\n`);
  if (!answer.ok) process.exitCode = 1;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stdout.write(`${JSON.stringify({ ok: false, fault: explain(error) })}\n`);
  process.exitCode = 1;
});
