import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { startWatched, type WatchedBalancer } from "./support/watched";
import { balancer, health, upstream } from "./support/watched-model";

const asked = { ...balancer, upstreams: [{ ...upstream, health }] };

describe("a replica whose health check fails", () => {
  let watched: WatchedBalancer;
  let names: string[];

  beforeAll(async () => {
    watched = await startWatched(21_500);
    names = [await watched.startReplica("api-1"), await watched.startReplica("api-2")];
    await watched.push(asked, { api: names.map((name, i) => ({ name, title: `api-${i + 1}` })) });
  });
  afterAll(() => watched.remove());

  test("is asked", async () => {
    await until("answers", async () => typeof (await ask(watched.url)) !== "string");
    expect(await ask(watched.url)).toMatchObject({ status: 200 });
    await new Promise((r) => setTimeout(r, 5000));
    console.log(await ask(`${watched.url}/lb/status`));
    console.log(await docker("logs", watched.container));
    console.log(
      await watched.inside(
        "ls -la /etc/flotilla /etc/flotilla/live/ /dev/shm; cat /etc/flotilla/live/replicas /etc/flotilla/live/names.conf",
      ),
    );
  });
});
