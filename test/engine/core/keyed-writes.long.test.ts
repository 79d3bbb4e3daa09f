import { expect, test } from "vitest";
import { findReplica, measureRecovery } from "../support/engine";
import { countFailures, mustFail } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const kills = 20;
const workspace = useDeployment({
  name: "keyed",
  pools: {
    api: demoPool({
      replicas: 3,
      env: { KEYED: "true" },
      balancing: { retries: { repeatKeyed: true } },
    }),
  },
});

/** Kills one replica after the other from inside, each when the one before is healthy again. */
async function killInTurn(): Promise<void> {
  for (let number = 0; number < kills; number++)
    await measureRecovery(await findReplica(workspace().label, `api-${(number % 3) + 1}`), "kill -9 -1");
}

test("POSTs with an Idempotency-Key outlive the replica that has them, and are carried out once", async () => {
  const { report } = await row(
    {
      operation: `replica killed ${kills} times, POSTs with an Idempotency-Key`,
      target: workspace().url,
      load: { headers: { "Idempotency-Key": "of-the-load" } },
    },
    killInTurn,
  );
  expect(report.phases.during.sent).toBeGreaterThan(1000);
});

test("the same without the key loses some, which shows that the key saved them", async () => {
  const { report } = await row(
    {
      operation: `replica killed ${kills} times, POSTs without a key (control)`,
      target: workspace().url,
      exception: mustFail(
        "must lose POSTs, which are not repeated without a key, and nothing else",
        ({ rows }) => countFailures(rows, "POST") > 0 && countFailures(rows, "GET") === 0,
      ),
    },
    killInTurn,
  );
  expect(report.phases.during.failed).toBeGreaterThan(0);
});
