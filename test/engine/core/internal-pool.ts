import { expect, test } from "vitest";
import { docker, findReplica } from "../support/engine";
import { askManyTimes } from "../support/requests";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import type { Workspace } from "../support/workspace";

/** A stack with a pool that one of its other pools reaches. */
export const internalPool = {
  pools: {
    api: demoPool({ env: { UPSTREAM_URL: "http://worker:3000/" } }),
    worker: demoPool({ replicas: 2, reachableFrom: ["api"] }),
    other: demoPool(),
  },
  settings: {
    routes: [
      { path: "/", pool: "api" },
      { path: "/other", pool: "other" },
    ],
  },
};

/** Asks and updates the pool. */
export function describeInternalPool(workspace: () => Workspace): void {
  test("requests to an internal pool are spread over its replicas", async () => {
    const answers = await askManyTimes(`${workspace().url}/upstream`, 40);
    const counts = new Map<string, number>();
    for (const { upstream } of answers) {
      const instance = upstream?.served_by.instance ?? "none";
      counts.set(instance, (counts.get(instance) ?? 0) + 1);
    }
    expect([...counts.keys()].sort()).toEqual(["worker-1", "worker-2"]);
    expect(Math.min(...counts.values())).toBeGreaterThanOrEqual(10);
  });

  test("a pool that is not named cannot reach an internal pool, neither by name nor by address", async () => {
    const { label } = workspace();
    const other = await findReplica(label, "other-1");
    const api = await findReplica(label, "api-1");
    const worker = await findReplica(label, "worker-1");
    const format = "{{range .NetworkSettings.Networks}}{{.IPAddress}} {{end}}";
    const [address = ""] = (await docker("inspect", `--format=${format}`, worker)).split(" ");

    const urls = ["http://worker:3000/", `http://${address}:3000/`];
    const fetchBoth = (container: string) => Promise.all(urls.map((url) => fetchIn(container, url)));
    expect(await fetchBoth(api)).toEqual(["200", "200"]);
    for (const outcome of await fetchBoth(other)) expect(outcome).not.toMatch(/^\d+$/);
  });

  test("an update of an internal pool loses no request", async () => {
    workspace().configure((settings) => {
      setEnv(settings, "worker", { VERSION: "2" });
    });
    const { url } = workspace();
    // There is no slow page below /upstream.
    const load = { clients: { slow: 0 } };
    await row({ operation: "new version of an internal pool", target: `${url}/upstream`, load }, () =>
      workspace().deploy(),
    );
    const answers = await askManyTimes(`${url}/upstream`, 10);
    expect(new Set(answers.map(({ upstream }) => upstream?.version))).toEqual(new Set(["2"]));
  });
}

/** Fetches a URL from inside a container; gives the status, or why there is none. */
async function fetchIn(container: string, url: string): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(3000) })
    .then(({ status }) => console.log(status), ({ cause, name }) => console.log(cause?.code ?? name))
    // The engine's DNS may go on looking for a name that nobody has.
    .then(() => process.exit())`;
  return docker("exec", container, "node", "-e", script);
}
