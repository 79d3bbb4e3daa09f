import type { HealthCheckArgs } from "../../components/types";
import type { Context, Unit } from "./context";
import { readDockerfile } from "../dockerfile";

/** A command that asks the service itself for a path: curl or wget, with nothing behind it but what makes it fail. */
const asking =
  /^(?:curl|wget)\s+(?:-{1,2}[\w-]+(?:[= ](?:\/dev\/null|\d+))?\s+)*["']?(?:https?:\/\/)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::\d+)?(\/[^\s"';|&$]*)?["']?(?:\s+-{1,2}[\w-]+(?:[= ]\/dev\/null)?)*(?:\s*>\s*\/dev\/null(?:\s+2>&1)?)?(?:\s*\|\|\s*exit\s+1)?$/;

/** An address of the service itself within another command, such as `node -e "fetch('http://localhost:3000/health')…"`. */
const ownAddress =
  /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1\])(?::(\d+))?(\/[^\s"'`\\;{}#$|&)]*)?/;

/** How a pool is asked for its health, as far as its service says; undefined for all defaults. */
export function readHealth(unit: Unit, { report, healthPaths }: Context): HealthCheckArgs | undefined {
  const [{ fields, placeOf, name }] = unit.services;
  const { healthcheck } = fields;
  const what = `${name}.healthcheck`;
  const place = placeOf("healthcheck");
  const isOff = healthcheck?.disable === true || healthcheck?.test?.[0] === "NONE";
  if (isOff && unit.port !== undefined)
    report.change(
      place,
      what,
      "is asked all the same: no request goes to a replica of which nobody knows that it answers.",
    );
  const dockerfile = isOff || healthcheck?.test !== undefined ? undefined : readDockerfile(fields);
  const test = isOff ? undefined : (healthcheck?.test ?? dockerfile?.healthcheck);
  const line = test?.[0] === "CMD-SHELL" ? test[1] : test?.slice(1).map(quoteWord).join(" ");
  const [isPath, path = "/"] = asking.exec(line?.trim() ?? "") ?? [];
  const how = readTarget(
    unit,
    isPath === undefined ? line : undefined,
    isPath === undefined ? undefined : path,
  );
  if (unit.port === undefined && how === undefined) return undefined;
  const known = healthPaths.get(unit.name);
  if (how === undefined && known !== undefined) {
    report.change(
      placeOf(),
      `${name} without a health check`,
      `is asked for ${known}, which Nginx leads to it.`,
    );
    return { path: known };
  }
  if (how === undefined) {
    const why =
      "no health check is known, so the path / is asked. Set healthCheck.path to one that answers 200 when requests can come.";
    report.change(placeOf(), `${name} without a health check`, why);
    return { path: "/" };
  }
  if (healthcheck?.test !== undefined)
    report.take(place, what, `pools.${unit.name}.healthCheck`, Object.keys(how).join());
  else if (dockerfile !== undefined)
    report.take(placeOf(), `HEALTHCHECK of ${name}'s Dockerfile`, `pools.${unit.name}.healthCheck`);
  return { ...how, ...readTimes(unit, report) };
}

function readTarget(
  unit: Unit,
  command: string | undefined,
  path: string | undefined,
): HealthCheckArgs | undefined {
  if (command !== undefined && command !== "") {
    // The balancer asks too, and where it is not told a path, it asks for `/`, which may do something.
    const [isAddress, port = "80", asked = "/"] = ownAddress.exec(command) ?? [];
    return { command, ...(isAddress !== undefined && Number(port) === unit.port ? { path: asked } : {}) };
  }
  if (path === undefined) return undefined;
  // Workers have no port that could be asked from outside.
  return unit.port === undefined ? { command: `wget -q -O /dev/null http://127.0.0.1${path}` } : { path };
}

function readTimes(unit: Unit, report: Context["report"]): HealthCheckArgs {
  const [{ fields, placeOf, name }] = unit.services;
  const { interval, timeout, retries, start_period: start } = fields.healthcheck ?? {};
  const whole = (value: number): number => Math.max(1, Math.round(value));
  const every = interval === undefined ? undefined : whole(interval);
  const most = every ?? 10;
  const wanted = timeout === undefined ? undefined : whole(timeout);
  if (wanted !== undefined && wanted > most && every !== undefined) {
    const place = placeOf("healthcheck", "timeout");
    report.change(
      place,
      `${name}.healthcheck.timeout`,
      `is ${most} s: one check ends before the next begins.`,
    );
  }
  const startSeconds = start === undefined ? 0 : whole(start + (interval ?? 30) * (retries ?? 3));
  return {
    ...(every === undefined ? {} : { intervalSeconds: every }),
    ...(wanted === undefined
      ? {}
      : { timeoutSeconds: every === undefined ? wanted : Math.min(wanted, most) }),
    ...(retries === undefined ? {} : { retries: whole(retries) }),
    // Compose counts failures from `start_period` on; here a replica must be well by then.
    ...(startSeconds > 60 ? { startSeconds } : {}),
  };
}

/** A word of a list as a shell reads it. */
export function quoteWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
