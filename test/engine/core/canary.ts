import { expect } from "vitest";
import type { Load } from "../../load/client";
import type { LoadReport } from "../../load/report";
import { docker, dockerLines } from "../support/engine";
import type { Exception } from "../support/exceptions";
import type { Running } from "../support/processes";
import { demoPool, setEnv, type PoolSettings } from "../support/settings";
import type { Workspace } from "../support/workspace";

/** Steps as short as they can be judged in. */
export const shortSteps = { steps: [10, 50], seconds: 6 };

/** A pool that lets new versions in by steps. */
export function canaryPool(settings: PoolSettings = {}): PoolSettings {
  return demoPool({ replicas: 2, canary: shortSteps, ...settings });
}

/** What the application of a version does besides answering well. */
export type Manners = Partial<Record<"FAIL_PERCENT" | "SLOW_MS", string>>;

/** Sets the version of a pool. */
export function setVersion(workspace: Workspace, version: string, manners: Manners = {}, pool = "api"): void {
  workspace.configure((settings) => {
    setEnv(settings, pool, { VERSION: version, FAIL_PERCENT: undefined, SLOW_MS: undefined, ...manners });
  });
}

/** What an update says when a step begins. */
export const atStep = (percent: number, pool = "api"): RegExp => RegExp(`canary of ${pool}: ${percent} %\\n`);

/** Share of a version in what was answered between two moments of a load. */
export function shareBetween(before: LoadReport, after: LoadReport, version: string): number {
  const count = ({ versions }: LoadReport, name: string): number => versions[name]?.count ?? 0;
  const names = Object.keys(after.versions);
  const all = names.reduce((sum, name) => sum + count(after, name) - count(before, name), 0);
  return (count(after, version) - count(before, version)) / all;
}

/** What a load has seen at the beginning and the end of each step of an update. */
export async function followSteps(load: Load, update: Running, steps: number[]): Promise<LoadReport[]> {
  const seen: LoadReport[] = [];
  for (const percent of steps) {
    await update.seen(atStep(percent));
    seen.push(await load.snapshot());
    await update.seen(RegExp(`canary of api: ${percent} % passed`));
    seen.push(await load.snapshot());
  }
  return seen;
}

/** Failures of a bad version, which end when it is undone, and are no more than its share of the requests may bring. */
export function costOf(version: string, mostShare: number, failPercent: number): Exception {
  return {
    because: `a bad version fails ${failPercent} % of the requests that it gets, until it is undone`,
    judge: ({ report: { failures, failed, phases, versions } }) => {
      const strange = Object.keys(failures).filter((reason) => reason !== "status 500");
      if (strange.length > 0) return `requests failed by ${strange.join(", ")}`;
      if (phases.after.failed > 0) return `${phases.after.failed} failed after it was undone`;
      if (failed === 0) return "no request failed, so the version was not bad";
      const [bad, all] = [versions[version]?.count ?? 0, phases.during.sent];
      if (bad > all * mostShare) return `the bad version answered ${bad} of ${all} requests`;
      // Five deviations above what is to be expected.
      const most = (bad * failPercent) / 100 + 5 * Math.sqrt(bad * (failPercent / 100)) + 5;
      return failed > most ? `${failed} of ${bad} requests failed` : undefined;
    },
  };
}

/** Containers of replicas that run, by what they are called and the version that they have. */
export async function findVersions(label: string, pool = "api"): Promise<string[]> {
  const names = await dockerLines(
    ...["ps", "--format={{.Names}}", `--filter=label=flotilla.stack=${label}`],
    ...["--filter=label=flotilla.role=replica", `--filter=label=flotilla.pool=${pool}`],
  );
  const found = await Promise.all(
    names.map(async (name) => {
      const env = await docker("inspect", "--format={{range .Config.Env}}{{println .}}{{end}}", name);
      return /^VERSION=(.*)$/m.exec(env)?.[1] ?? "";
    }),
  );
  return found.sort();
}

/** Expects that an update failed by its canary, and says where, what was measured, and what to do. */
export function expectUndone(text: string, reason: RegExp, pool = "api"): void {
  expect(text).toMatch(reason);
  expect(text).toMatch(RegExp(`The canary of ${pool} is undone after \\d+ s of its step of \\d+ %`));
  expect(text).toMatch(RegExp(`Put the new version right, or set pools\\.${pool}\\.canary\\.\\w+`));
  expect(text).toMatch(RegExp(`The last log lines of ${pool}-\\d \\(container [\\w-]+\\):`));
  expect(text).toMatch(RegExp(`\\[${pool}-\\d\\] listens on port 3000`));
  expect(text).toContain("All requests go to the old replicas again.");
}
