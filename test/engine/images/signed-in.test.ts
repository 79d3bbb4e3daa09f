import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { docker } from "../support/engine";
import { useWorkspace } from "../support/use-workspace";
import type { PulumiRun } from "../support/pulumi-run";
import { setSecret } from "./stack-secrets";
import { publishTiny, tinyPool, useTestImages } from "./tiny-image";
import { useRegistry } from "./use-registry";
import { expectAnswer, watched } from "./watched";

useTestImages();
const credentials = { username: "developer", password: "sign-In-2311" };
const registry = useRegistry({ credentials: { ...credentials, signIn: "bearer" } });
const workspace = useWorkspace({ name: "signed-in", pools: {} });
const folder = mkdtempSync(join(tmpdir(), "flotilla-tiny-"));
let environment: Record<string, string>;

beforeAll(async () => {
  const { address } = registry();
  await publishTiny(`${address}/private/tiny:1`, "one", credentials);
  const auth = Buffer.from(`${credentials.username}:${credentials.password}`).toString("base64");
  // What `docker login` writes where no credential helper is configured.
  writeFileSync(join(folder, "config.json"), JSON.stringify({ auths: { [address]: { auth } } }));
  const host = await docker("context", "inspect", "--format={{.Endpoints.docker.Host}}");
  environment = { DOCKER_CONFIG: folder, DOCKER_HOST: host };
  await setSecret(workspace(), "otherPassword", "of another registry");
  workspace().configure((settings) => {
    settings.pools = { api: tinyPool(`${address}/private/tiny:1`) };
    const other = { address: "registry.invalid", username: "somebody", password: "otherPassword" };
    settings.registry = { credentials: [other] };
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

test("a registry that the user signed in to needs no credentials in the stack", async () => {
  await watched({
    operation: "pull with the credentials of `docker login`",
    workspace: workspace(),
    answersBefore: false,
    operate: () => workspace().deploy(environment),
    check: () => expectAnswer(workspace(), "one"),
  });
  const { ok } = await watched({
    operation: "second `up` with the credentials of `docker login`",
    workspace: workspace(),
    operate: () => workspace().deploy(environment),
    // The command that pulled learns the digest only now; no container changes.
    check: ({ text, changes }: PulumiRun) => {
      expect(changes, text).toMatchObject({ create: 0, update: 0, delete: 0 });
      expect(changes.replace, text).toBeLessThanOrEqual(1);
    },
  });
  expect(ok).toBe(true);
});
