import { expect, test } from "vitest";
import { docker, findReplica, until } from "../support/engine";
import { ask } from "../support/requests";
import { postsUnderWay } from "../support/exceptions";
import { row } from "../support/rows";
import { demoPool } from "../support/settings";
import { useDeployment } from "../support/use-workspace";

const times = 6;
// Three that start at once on a machine that is at work need longer than the five seconds that requests wait by default.
const holdSeconds = 15;
const workspace = useDeployment({
  name: "restarts",
  pools: { api: demoPool({ replicas: 3, balancing: { holdSeconds } }) },
});

async function readAddress(container: string): Promise<string> {
  return docker("inspect", "--format={{range .NetworkSettings.Networks}}{{.IPAddress}}{{end}}", container);
}

/** Restarts a replica while others take the address that it had, and what is free before it. */
async function moveReplica(replica: string): Promise<void> {
  const before = await readAddress(replica);
  const format = "--format={{range $name, $_ := .NetworkSettings.Networks}}{{$name}} {{end}}";
  const [network = ""] = (await docker("inspect", format, replica)).split(" ");
  await docker("stop", "--time=1", replica);
  const others: string[] = [];
  try {
    while (others.length < 6 && !(await isTaken(others, before))) {
      const run = ["run", "--detach", "--rm", `--network=${network}`, "node:24-slim", "sleep", "60"];
      others.push(await docker(...run));
    }
    await docker("start", replica);
    await awaitHealthy(replica);
  } finally {
    await docker("rm", "--force", ...others);
  }
  expect(await readAddress(replica)).not.toBe(before);
}

async function isTaken(others: string[], address: string): Promise<boolean> {
  return (await Promise.all(others.map(readAddress))).includes(address);
}

async function restartReplica(replica: string): Promise<void> {
  await docker("restart", "--time=1", replica);
  await awaitHealthy(replica);
}

/** Nginx looks up addresses every two seconds: who restarts all within that time has nobody whom it knows. */
async function awaitAnswer(title: string): Promise<void> {
  await until(`${title} answers clients`, async () => {
    const answer = await ask(workspace().url);
    return typeof answer !== "string" && answer.status === 200 && answer.body.includes(`"${title}"`);
  });
}

async function awaitHealthy(replica: string): Promise<void> {
  const format = "--format={{.State.Health.Status}}";
  await until(`${replica} is healthy`, async () => (await docker("inspect", format, replica)) === "healthy");
}

test.each([
  { what: "restarts", restart: restartReplica },
  { what: "comes back at another address", restart: moveReplica },
])("no GET is lost when a replica $what", async ({ what, restart }) => {
  const operation = `a replica ${what}, ${times} times`;
  const exception = postsUnderWay("POSTs under way on a replica that ends", workspace().label);
  await row({ operation, target: workspace().url, exception }, async () => {
    for (let time = 0; time < times; time++) {
      const title = `api-${(time % 3) + 1}`;
      await restart(await findReplica(workspace().label, title));
      await awaitAnswer(title);
    }
  });
});

test("no GET is lost when all replicas restart at once", async () => {
  const exception = postsUnderWay("POSTs under way on replicas that end", workspace().label);
  await row(
    {
      ...{ operation: "all replicas restart at once, three times", target: workspace().url, exception },
      slowest: { seconds: holdSeconds + 5, because: "requests wait until a replica can be reached" },
    },
    async () => {
      for (let time = 0; time < 3; time++) {
        const replicas = await Promise.all(
          [1, 2, 3].map((number) => findReplica(workspace().label, `api-${number}`)),
        );
        await Promise.all(replicas.map(restartReplica));
        for (const number of [1, 2, 3]) await awaitAnswer(`api-${number}`);
      }
    },
  );
});
