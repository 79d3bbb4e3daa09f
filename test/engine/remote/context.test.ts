import { beforeAll, describe, expect, test } from "vitest";
import { start } from "../support/processes";
import { useEngineProxy } from "./engine-proxy";
import { startingPools, testLifeCycle } from "./life-cycle";
import { useRemoteWorkspace } from "./remote-workspace";

const findProxy = useEngineProxy();
const remote = useRemoteWorkspace({ name: "context", pools: startingPools }, async (config) => {
  await docker(config, "context", "create", "elsewhere", `--docker=host=${findProxy().host}`);
  await docker(config, "context", "use", "elsewhere");
  const guard = `
if [ -z "$DOCKER_HOST" ] && [ "$DOCKER_CONFIG" != '${config}' ]; then
  echo "docker is called without the context: $*" >&2
  exit 97
fi`;
  return { guard };
});

testLifeCycle("by the current context", remote, () => `http://127.0.0.1:${remote().workspace.port}`);

test("every call of docker went by the context's host", () => {
  const started = findProxy().requests.filter((request) => /\/containers\/\w+\/start$/.test(request));
  expect(started.length).toBeGreaterThanOrEqual(5);
  const executed = findProxy().requests.filter((request) => /\/containers\/[\w-]+\/exec$/.test(request));
  expect(executed).toHaveLength(
    remote()
      .calls()
      .filter((call) => call.startsWith("exec ")).length,
  );
});

describe("a machine that finds the engine in another way", () => {
  beforeAll(() => remote().workspace.deploy());

  test("changes nothing but the provider's own address", async () => {
    const { changes, text } = await remote().workspace.deploy({ DOCKER_HOST: findProxy().direct });
    expect(changes, text).toMatchObject({ create: 0, replace: 0, delete: 0 });
    expect(changes.update, text).toBeLessThanOrEqual(1);
  });

  test("needs nothing of the first machine's way", async () => {
    await remote().workspace.deploy({ FLOTILLA_REPLICAS: "api=2" });
    const { requests, direct } = findProxy();
    const before = requests.length;
    await remote().workspace.deploy({ DOCKER_HOST: direct, FLOTILLA_REPLICAS: "api=1" });
    expect(requests.slice(before)).toEqual([]);
  });
});

async function docker(config: string, ...args: string[]): Promise<void> {
  const env = { ...process.env, DOCKER_CONFIG: config, DOCKER_HOST: "", DOCKER_CONTEXT: "" };
  const { code, text } = await start("docker", args, config, env).ended;
  if (code !== 0) throw new Error(`docker ${args.join(" ")} failed:\n${text}`);
}
