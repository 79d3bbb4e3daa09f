import { beforeAll, describe, expect, test } from "vitest";
import { docker, dockerLines } from "../support/engine";
import { ask } from "../support/requests";
import { record } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";
import { followWrites } from "./support/acknowledged";
import { dialects } from "./support/writers";

const unchanged = { create: 0, update: 0, replace: 0, delete: 0 };

describe.each(["redis", "postgres"] as const)("%s", (engine) => {
  const workspace = useDeployment({
    name: `gone-${engine}`,
    pools: { api: demoPool({ replicas: 2, stores: { STORE_URL: "main" } }) },
    settings: { datastores: { main: { engine } } },
  });
  const dialect = dialects[engine];
  const writes = followWrites(workspace, dialect);
  beforeAll(async () => {
    const [container = ""] = (await writes.find()).containers;
    await docker("exec", "-i", container, "sh", "-c", dialect.prepare);
  });

  test.each([
    { what: "all is stopped", end: ["stop", "--time=10"], role: undefined },
    { what: "the server is stopped", end: ["stop", "--time=10"], role: "store" },
    { what: "the server is removed", end: ["rm", "--force", "--volumes"], role: "store" },
  ])("after $what, the next `up` has it run with its data", async ({ what, end, role }) => {
    const lost = await writes.underWrites(`${engine}: ${what}, then \`up\``, async () => {
      const filters = [
        `flotilla.stack=${workspace().label}`,
        ...(role === undefined ? [] : [`flotilla.role=${role}`]),
      ];
      const ids = await dockerLines("ps", "--quiet", ...filters.map((label) => `--filter=label=${label}`));
      await docker(...end, ...ids);
      await workspace().deploy();
    });
    expect(lost).toBe(0);
    const answer = await ask(`${workspace().url}/healthz`);
    const again = await workspace().deploy();
    const operation = `${engine}: after ${what} and an \`up\`, a second one`;
    const held = typeof answer !== "string" && answer.status === 200 && again.changes.replace === 0;
    record({ operation, requests: 1, failed: held ? 0 : 1, seconds: again.seconds, held });
    expect(answer).toMatchObject({ status: 200 });
    expect(again.changes, again.text).toMatchObject(unchanged);
  });
});
