import { expect, test } from "vitest";
import type { FinalReport } from "../../load/report";
import { findHoldings } from "./engine";
import { row } from "./rows";
import { setEnv } from "./settings";
import type { Workspace } from "./workspace";

/** When an update is killed. */
export interface Moment {
  moment: string;
  /** What Pulumi prints at that moment. */
  seen: RegExp;
  /** Whether what Pulumi started is killed too. */
  whatItStarted: "too" | "not";
}

/** Kills an update at each of the moments, and expects the next one to finish it without a lost request. */
export function describeKilledUpdates(
  workspace: () => Workspace,
  moments: Moment[],
  strategy = "blue-green",
): void {
  test.each(moments)(
    "when $moment, what was started: $whatItStarted",
    async ({ moment, seen, whatItStarted }) => {
      const version = `${moment}, ${whatItStarted}`;
      workspace().configure((settings) => {
        setEnv(settings, "api", { VERSION: version });
      });
      const kind = strategy === "blue-green" ? "" : `, ${strategy}`;
      const who = whatItStarted === "too" ? "killed with all it started" : "alone killed";
      const operation = `\`up\` ${who} when ${moment}${kind}; then \`up\``;
      const { report } = await row({ operation, target: workspace().url }, async () => {
        const update = workspace().startUp();
        await update.seen(seen);
        expect(update.isOver(), "the update was over before it could be killed").toBe(false);
        const { code } = await update.kill(whatItStarted);
        expect(code, "the update ended by itself before it was killed").toBeUndefined();
        await workspace().cancel();
        await workspace().deploy();
        await update.killRest();
      });
      await expectRepaired(workspace(), report, version);
    },
  );
}

/** Expects that a version answered last, and that there is no container that the state does not know. */
export async function expectRepaired(
  workspace: Workspace,
  report: Pick<FinalReport, "versions">,
  version: string,
): Promise<void> {
  const lastAnswer = Math.max(...Object.values(report.versions).map(({ lastSecond }) => lastSecond));
  expect(report.versions[version]?.lastSecond).toBe(lastAnswer);
  const { containers } = await findHoldings(workspace.label);
  expect(containers.sort()).toEqual((await workspace.knownContainers()).sort());
}
