import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { PushTask } from "../../../deploy/tasks";
import { docker, until } from "../support/engine";
import { ask } from "../support/requests";
import { outage, type Exception } from "../support/exceptions";
import { row } from "../support/rows";
import { endPatience, type Pushing, type Seen, type Stage, startStage } from "./pushed";

let stage: Stage;
let old: { task: PushTask; seen: Seen };
let next: { task: PushTask; seen: Seen };
/** A replica that answers once only when others ask it, so that it is found out when requests come to it. */
let once: string;

const pool = { image: "node:24-slim", port: 3000, balancing: { failures: { seconds: 1 } } };

beforeAll(async () => {
  stage = await startStage();
  const start = (title: string, version: string) => stage.startReplica(title, { VERSION: version });
  const [first, second, gone, third, fourth] = await Promise.all([
    start("api-1", "1"),
    start("api-2", "1"),
    start("gone-1", "gone"),
    start("api-3", "2"),
    start("api-4", "2"),
  ]);
  const routes = [{ pool: "api" }, { path: "/gone/", pool: "gone", access: { deny: ["0.0.0.0/0"] } }];
  // A zone's key cannot be changed while Nginx runs, which `nginx -t` does not know.
  const zone = (key: string) => [`limit_req_zone ${key} zone=own:1m rate=1r/s`];
  const oldTask = stage.makeTask(
    { pools: { api: pool, gone: pool }, routes, balancer: { httpDirectives: zone("$uri") } },
    { api: [first, second], gone: [gone] },
  );
  const nextTask = stage.makeTask(
    { pools: { api: pool }, balancer: { retryAfterSeconds: 77 } },
    { api: [third, fourth] },
  );
  await until("all replicas answer", async () => (await stage.push(oldTask).ended).code === 0);
  old = { task: oldTask, seen: await stage.see() };
  await pushWell(nextTask);
  next = { task: nextTask, seen: await stage.see() };
  await pushWell(oldTask);
  expect(await stage.see()).toEqual(old.seen);
  for (const key of Object.keys(old.seen) as (keyof Seen)[])
    expect(next.seen[key]).not.toEqual(old.seen[key]);
});

afterEach(() => {
  stage.proxy.before = undefined;
  stage.proxy.mend();
});

afterAll(() => stage.remove());

async function pushWell(task: PushTask): Promise<void> {
  const { code, text } = await stage.push(task).ended;
  expect(code, text).toBe(0);
}

/** What a push has run in the balancer's container, in this order. */
const steps = [
  "what is live is read",
  "new replicas are asked",
  "new replicas come in",
  "they are asked through Nginx",
  "old replicas go out",
  "what was kept goes",
  "all pools are asked",
] as const;
type Step = (typeof steps)[number];

/** Does something when a push begins a step, before the engine hears of it; what it gives is done when the step has ended. */
function at(step: Step, act: () => Promise<unknown> | (() => void)): void {
  let begun = -1;
  stage.proxy.before = async (request) => {
    if (!/^POST \/v[\d.]+\/exec\/\w+\/start$/.test(request)) return undefined;
    begun += 1;
    if (steps[begun] !== step) return undefined;
    const acted = act();
    if (typeof acted === "function") return acted;
    await acted;
    return undefined;
  };
}

const cut = (): void => {
  stage.proxy.cut();
};

interface Failing {
  operation: string;
  /** Prepares the failure of the push that is then started. */
  prepare?: (push: () => Pushing) => void;
  task?: () => PushTask;
  /** What is live when the push has ended, or a moment later, by the balancer itself. */
  live: "old" | "old, by itself" | "new";
  says?: RegExp;
  exception?: Exception;
}

const lost = steps.flatMap((step, index): Failing[] => [
  {
    operation: `connection to the engine lost before ${step}`,
    prepare: () => {
      at(step, () => {
        cut();
        return Promise.resolve();
      });
    },
    live: index < 3 ? "old" : index < 5 ? "old, by itself" : "new",
  },
  {
    operation: `connection to the engine lost while ${step}`,
    prepare: () => {
      at(step, () => cut);
    },
    live: index < 2 ? "old" : index < 4 ? "old, by itself" : "new",
  },
]);

const killed = steps.slice(1, 6).map((step, index): Failing => ({
  operation: `push killed while ${step}`,
  prepare: (push) => {
    at(step, () => () => {
      push().kill();
    });
  },
  live: index < 1 ? "old" : index < 3 ? "old, by itself" : "new",
}));

const fill = "cat /dev/zero >/etc/flotilla/watch/fill 2>/dev/null || true";
const full = (["new replicas come in", "old replicas go out"] as const).map((step): Failing => ({
  operation: `no room left in the balancer's volume when ${step}`,
  prepare: () => {
    at(step, () => stage.inside(`mkdir -p /etc/flotilla/watch; ${fill}`));
  },
  live: "old",
  says: /There is no room left in the balancer's volume[^]*Traffic stays where it was/,
}));

const restarted = (["new replicas come in", "old replicas go out"] as const).map((step): Failing => ({
  operation: `balancer restarted when ${step}`,
  prepare: () => {
    at(step, async () => {
      void docker("restart", stage.balancer);
      await until(
        "it is down",
        async () => (await docker("ps", "--quiet", `--filter=name=${stage.balancer}`)) === "",
      );
    });
  },
  live: "old, by itself",
  exception: outage("requests fail while the container restarts", 15),
}));

const refused: Failing[] = [
  {
    operation: "settings that Nginx refuses",
    task: () => ({ ...next.task, settings: next.task.settings.replace("http {", "http {\n  unheard on;") }),
    live: "old",
    says: /unknown directive "unheard"[^]*Traffic stays where it was/,
  },
  {
    operation: "settings that Nginx does not start to use",
    task: () => ({
      ...next.task,
      settings: next.task.settings.replace("http {", "http {\n  limit_req_zone $host zone=own:1m rate=1r/s;"),
    }),
    live: "old",
    says: /did not start to use it within 10 seconds[^]*Traffic stays where it was/,
  },
  {
    operation: "a new replica that never answers through Nginx",
    task: () => {
      const [api] = next.task.upstreams;
      if (api === undefined) throw new Error("There is no pool.");
      const lines = api.lines.map((line, index) =>
        index === 0 ? line.replace(/server \S+:/, `server ${once}:`) : line,
      );
      const gates = api.gates.map((gate, index) => (index === 0 ? { ...gate, replica: once } : gate));
      return { ...next.task, upstreams: [{ ...api, lines, gates }] };
    },
    live: "old",
    says: /no good answer from[^]*Traffic stays where it was/,
  },
];

test.each([...refused, ...full, ...lost, ...killed, ...restarted])(
  "$operation: live is $live",
  async ({ operation, prepare, task, live, says, exception }) => {
    once = await stage.startReplica(`once-${Date.now()}`, { VERSION: "bad", ANSWERS_TO_OTHERS: "1" });
    const options = {
      operation: `${operation}: ${live}; then a good push`,
      target: stage.url,
      ...(exception === undefined ? {} : { exception }),
    };
    await row(options, async () => {
      prepare?.(() => push);
      const push: Pushing = stage.push(task?.() ?? next.task);
      const { code, text } = await push.ended;
      stage.proxy.before = undefined;
      stage.proxy.mend();
      await stage.inside("rm -f /etc/flotilla/watch/fill; exec 9>/etc/flotilla/lock; flock 9");
      expect(code, text).not.toBe(0);
      expect(text).toMatch(says ?? /(?:)/);
      if (live === "old, by itself") {
        await until("the balancer answers", async () => typeof (await ask(stage.url)) !== "string");
        await endPatience(stage);
      }
      expect(await stage.see()).toEqual(live === "new" ? next.seen : old.seen);

      await pushWell(next.task);
      expect(await stage.see()).toEqual(next.seen);
      await pushWell(old.task);
      expect(await stage.see()).toEqual(old.seen);
      expect(
        await stage.inside(
          "cd /etc/flotilla; exec 9>lock; flock 9; ls | grep -cv -e '^live$' -e '^lock$' -e '^watch$'",
        ),
      ).toBe("1");
    });
    await docker("rm", "--force", once);
  },
);
