import { expect, test } from "vitest";
import { findAddresses } from "../../deploy/addresses";
import type { Engine, Outcome } from "../../engine/client";

function answering(outcome: Partial<Outcome>): Engine {
  const attempt: Engine["attempt"] = () => Promise.resolve({ code: 0, stdout: "", stderr: "", ...outcome });
  return { attempt } as Engine;
}

const stdout = [
  '{"name":"/api-1","networks":{"shop":{"IPAddress":"172.18.0.3"},"other":{"IPAddress":"172.19.0.3"}}}',
  '{"name":"/api-2","networks":{"shop":{"IPAddress":""}}}',
  '{"name":"/api-3","networks":{}}',
  "",
].join("\n");
const gone = "Error response from daemon: No such container: api-4";

test("addresses are those on the network, and a container that is gone has none", async () => {
  const engine = answering({ code: 1, stdout, stderr: `${gone}\n` });
  expect([...(await findAddresses(engine, "shop", ["api-1", "api-2", "api-3", "api-4"]))]).toEqual([
    ["api-1", "172.18.0.3"],
    ["api-2", ""],
    ["api-3", ""],
  ]);
});

test("an engine that does not answer is a failure, and no container that is gone", async () => {
  const stderr = `${gone}\nCannot connect to the Docker daemon at unix:///var/run/docker.sock.\n`;
  await expect(findAddresses(answering({ code: 1, stderr }), "shop", ["api-4"])).rejects.toThrow(
    "docker inspect failed",
  );
});
