import { homedir } from "node:os";
import { afterEach, describe, expect, test } from "vitest";
import { describeImage, fakeDocker, listed, resetDocker } from "../../support/fake-docker";
import { type Recorded, unknown } from "../../support/recorder";
import {
  environmentOf,
  inputOf,
  isSecret,
  minimalPool,
  ofType,
  recordPool,
  recordService,
  reveal,
  twoPools,
} from "../../support/service";

const hostVariable = process.env.DOCKER_HOST;

/** A command as text, as the state holds it. */
function textOf({ inputs }: Recorded): string {
  return JSON.stringify(inputs);
}

describe("every command", () => {
  test("is a script for node, without a shell", async () => {
    const commands = ofType(await recordService(twoPools), "Command");
    expect(commands.map(({ inputs }) => inputs.interpreter)).toEqual(commands.map(() => ["node", "-e"]));
    const calls = commands.flatMap(({ inputs }) => [
      inputs.create,
      ...("delete" in inputs ? [inputs.delete] : []),
    ]);
    expect(new Set(calls)).toEqual(
      new Set(
        ["checkSettings", "join", "leave", "nothing", "provideImage", "push", "removeLeftovers"].map(
          (name) =>
            `eval(require("zlib").brotliDecompressSync(Buffer.from(process.env.FLOTILLA_SCRIPT,"base64"))+";flotilla.${name}()")`,
        ),
      ),
    );
  });

  test("is the same on every machine", async () => {
    const commands = ofType(await recordService(twoPools), "Command");
    const own = [process.cwd(), homedir(), process.execPath, "node_modules", "file://"];
    const found = commands.flatMap((command) =>
      own.filter((text) => textOf(command).includes(text)).map((text) => `${command.name}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  test("has an environment of its own values alone", async () => {
    const commands = ofType(await recordService(twoPools), "Command");
    const variables = new Set(commands.flatMap((command) => Object.keys(environmentOf(command))));
    expect([...variables].sort()).toEqual(["FLOTILLA_SCRIPT", "FLOTILLA_TASK"]);
    expect(commands.filter(({ inputs }) => "dir" in inputs)).toEqual([]);
  });

  test("has an environment that an operating system takes", async () => {
    const pools = { api: { ...minimalPool, replicas: 50 } };
    const sizes = ofType(await recordService({ pools }), "Command").map((command) =>
      Math.max(...Object.values(environmentOf(command)).map((value) => value.length)),
    );
    // Windows takes 32,767 characters for all variables together.
    expect(Math.max(...sizes)).toBeLessThan(24_000);
  });

  test("leaves it to each machine to find the engine", async () => {
    process.env.DOCKER_HOST = "tcp://somewhere:2375";
    const commands = ofType(await recordService(twoPools), "Command");
    if (hostVariable === undefined) delete process.env.DOCKER_HOST;
    else process.env.DOCKER_HOST = hostVariable;
    const telling = commands.filter(
      (command) => "DOCKER_HOST" in environmentOf(command) || textOf(command).includes("somewhere"),
    );
    expect(telling.map(({ name }) => name)).toEqual([]);
  });

  test.each([
    ["the configuration", { config: { "docker:host": "ssh://deploy@vps" } }],
    ["the provider", { provider: { host: "ssh://deploy@vps" } }],
    [
      "the provider before the configuration",
      { provider: { host: "ssh://deploy@vps" }, config: { "docker:host": "tcp://x" } },
    ],
  ])("uses the engine that %s names", async (_, options) => {
    const commands = ofType(await recordService(twoPools, options), "Command");
    const hosts = commands.map((command) => environmentOf(command).DOCKER_HOST);
    expect(new Set(hosts)).toEqual(new Set(["ssh://deploy@vps"]));
  });
});

test("a preview knows what every command will run with, also when the program has a provider", async () => {
  const recording = await recordService(twoPools, { provider: {}, preview: true });
  const commands = ofType(recording, "Command").map(({ name, inputs }) => ({ name, ...inputs }));
  const isKnown = (value: unknown): boolean => value !== undefined && value !== unknown;
  const early = ["app-api-image", "app-balancer-image", "app-leftovers", "app-store-image"];
  const known = commands.filter(({ environment }: Recorded["inputs"]) => isKnown(environment));
  expect(known.map(({ name }) => name)).toEqual(expect.arrayContaining(early));
  expect(recording.find("app").outputs.url).toBe("http://localhost:8080");
});

describe("the push", () => {
  test("runs again for a new balancer, new settings and new members", async () => {
    const push = (await recordPool({ replicas: 2 })).find("app-balancer-push");
    const other = await recordPool({ replicas: 2, balancing: { timeouts: { readSeconds: 9 } } });
    const [, texts] = push.inputs.triggers as string[];
    const [, otherTexts] = other.find("app-balancer-push").inputs.triggers as string[];
    expect(otherTexts).not.toBe(texts);
    expect(push.inputs.triggers).toEqual([
      "app-balancer-id",
      expect.stringMatching(/^[0-9a-f]{64}$/),
      [
        [
          "server app-api-1-abc1234:3000 resolve max_fails=3 fail_timeout=10s; # api-1",
          "server app-api-2-abc1234:3000 resolve max_fails=3 fail_timeout=10s; # api-2",
        ],
      ],
    ]);
  });

  test("gets the settings that were checked", async () => {
    const recording = await recordService(twoPools);
    for (const title of ["balancer", "store-balancer"])
      expect(inputOf(recording.find(`app-${title}-push`)).settings).toBe(
        inputOf(recording.find(`app-${title}-settings`)).settings,
      );
  });

  test("gets each pool's members, gates, and times to drain and to leave failed replicas out", async () => {
    const pool = { replicas: 2, drainSeconds: 5, balancing: { failures: { seconds: 40 } } };
    const push = (await recordPool(pool)).find("app-balancer-push");
    expect(inputOf(push).upstreams).toMatchObject([
      {
        name: "api",
        port: 3000,
        drainSeconds: 5,
        failSeconds: 40,
        idleSeconds: 1.5,
        gates: [
          { replica: "app-api-1-abc1234", title: "api-1", startSeconds: 60 },
          { replica: "app-api-2-abc1234", title: "api-2", startSeconds: 60 },
        ],
      },
    ]);
  });
});

describe("what the state does not know of", () => {
  const answer = (answers: Record<string, string>): void => {
    fakeDocker.answer = (args) => {
      const [, stdout] = Object.entries(answers).find(([part]) => args.join(" ").includes(part)) ?? [];
      return stdout === undefined ? describeImage([]) : { code: 0, stdout, stderr: "" };
    };
  };
  const findTold = async (): Promise<unknown> =>
    inputOf((await recordPool()).find("app-balancer-push")).trouble;
  afterEach(resetDocker);

  const replicas = [1, 2].map((number) => {
    const name = `app-api-${number}`;
    return listed(`flotilla.role=replica,flotilla.replica=api-${number}`, {
      id: `${number}`,
      name,
      state: "exited",
    });
  });
  const runningBalancer = listed("flotilla.role=balancer", { id: "b", name: "app-balancer" });
  const stoppedBalancer = listed("flotilla.role=balancer", {
    id: "3",
    name: "app-balancer",
    state: "exited",
  });
  const asked: string[][] = [];
  const has = (...containers: string[]): void => {
    fakeDocker.present = (args) => {
      asked.push(args);
      return { code: 0, stdout: args[0] === "container" ? containers.join("\n") : "", stderr: "" };
    };
  };
  const stopped = {
    "FinishedAt}} 1 2": "app-api-1 at ten\napp-api-2 at noon\n",
    "FinishedAt}} 1": "app-api-1 at ten\n",
  };

  test("is told to the balancer, what was stopped by hand by name and time", async () => {
    has(...replicas, runningBalancer);
    answer({ ...stopped, "exec b sh": "told \nlive app-api-1\nlive app-api-2\n" });
    expect(await findTold()).toBe("app-api-1 at ten, app-api-2 at noon");
    const [containers] = asked.filter(([kind]) => kind === "container");
    expect(containers).toContain("--filter=label=flotilla.service=app");
    expect(containers).toContain("--all");
  });

  test("is not a replica that never passed its gate", async () => {
    has(...replicas, runningBalancer);
    answer({ ...stopped, "exec b sh": "told \nlive app-api-1\n" });
    expect(await findTold()).toBe("app-api-1 at ten");
    has(...replicas);
    expect(await findTold()).toBe("");
  });

  test("is everything that stopped with its balancer", async () => {
    has(...replicas.slice(1), stoppedBalancer);
    answer({ "FinishedAt}} 2 3": "app-api-2 at noon\napp-balancer at ten\n" });
    expect(await findTold()).toBe("app-api-2 at noon, app-balancer at ten");
  });

  test("is a pool that nobody can answer for, each time anew, so that the update asks again", async () => {
    has(runningBalancer);
    answer({ "exec b sh": "told app-api-1 at ten\nsilent api\n" });
    expect(await findTold()).toMatch(/^nobody answers for api at \d{4}-\d\d-\d\dT/);
  });

  test("is a balancer that has no settings, each time anew, so that the update gives them", async () => {
    has(runningBalancer);
    answer({ "exec b sh": "idle\ntold \nlive app-api-1\n" });
    expect(await findTold()).toMatch(/^app-balancer without settings at \d{4}-\d\d-\d\dT/);
  });

  test("is what the balancer was told last, while all is well", async () => {
    has(runningBalancer);
    answer({ "exec b sh": "told app-api-1 at ten\nlive app-api-1\n" });
    expect(await findTold()).toBe("app-api-1 at ten");
  });

  test("is nothing while nothing runs, and where the engine cannot be asked", async () => {
    has();
    expect(await findTold()).toBe("");
    resetDocker();
    fakeDocker.answer = () => ({ code: 1, stdout: "", stderr: "no engine" });
    expect(await findTold()).toBe("");
  });
});

describe("credentials", () => {
  const registry = { credentials: [{ address: "ghcr.io", username: "ci", password: "hunter2" }] };

  test("go to the commands that pull, encrypted", async () => {
    const recording = await recordService({ pools: { api: minimalPool }, registry });
    for (const name of ["app-api-image", "app-balancer-image"]) {
      const { environment } = recording.find(name).inputs;
      expect(isSecret(environment)).toBe(true);
      expect(reveal(environment)).toMatchObject({
        FLOTILLA_CREDENTIALS: JSON.stringify(registry.credentials),
      });
    }
  });

  test("go nowhere else", async () => {
    const recording = await recordService({ pools: { api: minimalPool }, registry });
    const holding = recording.resources.filter(({ inputs }) => JSON.stringify(inputs).includes("hunter2"));
    expect(holding.map(({ name }) => name).sort()).toEqual(["app-api-image", "app-balancer-image"]);
  });
});
