import { execFileSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import type { Engine, InsideOptions, Outcome } from "../../engine/client";
import { probe } from "../../deploy/probe";
import type { Probed } from "../../deploy/tasks";
import { makeFolder } from "../support/folders";

const upstream = {
  ...{ name: "api", port: 3000, failSeconds: 10, idleSeconds: 60 },
  probe: { path: "/", protocol: "http", seconds: 3, takesAnyAnswer: false },
} as unknown as Probed;

/** Runs what an engine is given in a shell of this machine, whose client answers as one replica after the other does. */
function makeEngine(replicas: number): {
  engine: Engine;
  calls: () => number[];
  given: InsideOptions[];
} {
  const folder = makeFolder();
  const [count, calls] = [join(folder, "count"), join(folder, "calls")];
  const client = `#!/bin/sh
n=$(cat ${count} 2>/dev/null || echo 0) urls=0
for word; do case "$word" in http*)
  printf 'HTTP/1.1 204 No Content\\r\\nX-Flotilla-Answer: 10.0.0.%s:3000; 200; 0.01\\r\\n\\r\\n' $((n % ${replicas}))
  n=$((n + 7)) urls=$((urls + 1)) ;;
esac; done
echo $n >${count}
echo $urls >>${calls}
`;
  writeFileSync(join(folder, "curl"), client);
  chmodSync(join(folder, "curl"), 0o755);
  const given: InsideOptions[] = [];
  const env = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}` };
  const inside: Engine["inside"] = (_, script, options = {}) => {
    given.push(options);
    const stdout = execFileSync("sh", ["-e", "-s"], { input: script, env, encoding: "utf8" });
    return Promise.resolve<Outcome>({ code: 0, stdout, stderr: "" });
  };
  return {
    engine: { inside } as Engine,
    calls: () => readFileSync(calls, "utf8").trim().split("\n").map(Number),
    given,
  };
}

async function ask(replicas: number): Promise<{ calls: number[]; seconds: number }> {
  const names = Array.from({ length: replicas }, (_, index) => `api-${index}`);
  const addresses = new Map(names.map((name, index) => [name, `10.0.0.${index}`]));
  const { engine, calls, given } = makeEngine(replicas);
  await probe(
    engine,
    { balancer: "balancer", addresses },
    upstream,
    names.map((replica) => ({ replica, title: replica })),
  );
  return { calls: calls(), seconds: given[0]?.seconds ?? 0 };
}

test("many replicas are asked for many times by one client, and get more time", async () => {
  const { calls, seconds } = await ask(60);
  expect(calls).toEqual(Array.from({ length: Math.ceil(60 / 9) }, () => 9));
  expect(seconds).toBe(15 + 10 + 60 / 4 + 60);
});

test("a few are asked one by one", async () => {
  expect((await ask(3)).calls).toEqual([1, 1, 1]);
});
