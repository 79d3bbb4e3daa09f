import { expect, test } from "vitest";
import { docker, findHostAddress } from "../support/engine";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { describeFaults, ownAddress, useOwnEngine } from "./support/own-engine";

describeFaults("an engine that was never restarted", () => {
  const engine = useOwnEngine({ images: ["node:24-slim", "nginx:1.30.4", "redis:8.2"] });
  const workspace = useWorkspace({
    ...{ name: "new", address: ownAddress },
    pools: { api: demoPool({ replicas: 2, stores: { STORE_URL: "main" } }) },
    settings: { datastores: { main: { engine: "redis" } } },
  });

  test("takes a stack, changes nothing at a second update, and an update loses nothing", async () => {
    await workspace().deploy();
    const again = await workspace().deploy();
    expect(again.changes, again.text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
    });
    await row({ operation: "update on a new engine", target: workspace().url }, () => workspace().deploy());
  });

  // It does not tell the gateway of its default network then.
  test("is found by its containers at its own address", async () => {
    const address = await findHostAddress();
    expect(await engine().shell("ip -4 -oneline address show dev docker0")).toContain(` ${address}/`);
    const server = `require("http").createServer((_, answer) => answer.end("found")).listen(18499, "${address}")`;
    const started = engine().start("node", "-e", server);
    const ask = `fetch("http://${address}:18499").then((answer) => answer.text()).then(console.log)`;
    const [network = ""] = (await docker("network", "ls", "--quiet", "--filter=label=flotilla.stack")).split(
      "\n",
    );
    const asked = docker("run", "--rm", `--network=${network}`, "node:24-slim", "node", "-e", ask);
    expect(
      await asked.finally(() => {
        started.kill("SIGKILL");
      }),
    ).toBe("found");
  });
});
