import { randomBytes } from "node:crypto";
import { hashSync } from "bcryptjs";
import { prometheusPlaces } from "../../../monitoring/places";
import { Failure, perform, quote, readBefore, readInput, tryInside } from "./docker";
import { type Gate, passGate } from "./gate";

/** A password and what the servers know of it. */
interface Password {
  password: string;
  /** For Prometheus and Alertmanager. */
  hash: string;
}

/** Prints the password of the monitoring, which stays when none is given. */
export function makePassword(): void {
  const given = process.env.FLOTILLA_PASSWORD ?? "";
  const before = readBefore() as Password | undefined;
  process.stdout.write(JSON.stringify(nextPassword(before, given)));
}

/** The password after that of before; `given` is the user's own, or empty. */
export function nextPassword(before: Password | undefined, given: string): Password {
  const password = given || before?.password || randomBytes(24).toString("base64url");
  return before?.password === password ? before : { password, hash: hashSync(password, 10) };
}

/** What Prometheus shall look at. */
interface TargetsTask {
  /** The servers, which have to be healthy. */
  gates: Gate[];
  /** Name of Prometheus' container. */
  container: string;
  /** The list, as Prometheus reads it. */
  targets: string;
}

/** Waits until the servers are healthy, and tells Prometheus what to look at: it reads the list again by itself. */
export function writeTargets(): void {
  void perform(async () => {
    const { gates, container, targets } = readInput() as TargetsTask;
    await Promise.all(gates.map(passGate));
    const file = `${prometheusPlaces.targets}/all.json`;
    // A list that is half written would be one without the other half.
    const script = `printf %s ${quote(targets)} > ${file}.new\nmv ${file}.new ${file}`;
    const { code, stderr } = await tryInside(container, script, ["--user=0"]);
    if (code !== 0) throw new Failure(`The targets cannot be written into ${container}: ${stderr.trim()}`);
    const { length } = JSON.parse(targets) as unknown[];
    return `Prometheus looks at ${length} targets`;
  });
}
