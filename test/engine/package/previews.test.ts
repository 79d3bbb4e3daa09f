import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Clone, createClone } from "../support/clone";
import { start } from "../support/processes";
import { withLanguages } from "./support/languages";

describe("a preview for a pull request", () => {
  let clone: Clone | undefined;
  beforeAll(async () => {
    clone = await createClone();
  });
  afterAll(() => clone?.remove());

  /** What the workflow runs for a stack. */
  function preview(stack: string, ...options: string[]) {
    if (clone === undefined) throw new Error("The clone is made before the tests.");
    const all = ["--stack", stack, "--markdown", "--policy-pack", "policies", ...options];
    const args = ["run", "--silent", "preview", "--", ...all];
    return start("npm", args, clone.folder, withLanguages(clone.environment())).ended;
  }

  test.each(["dev", "prod"])("describes %s, which keeps to all policies", async (stack) => {
    const { code, text } = await preview(stack);
    expect(text).toContain(`<!-- flotilla preview of ${stack} -->`);
    expect(text).toMatch(/\| `api` +\| new \| 0 → \d/);
    expect(text).toContain("- **Interruptions:** none");
    expect(text).not.toMatch(/refused|would fail/);
    expect(code).toBe(0);
  });

  test("names the policies that are broken, and fails", async () => {
    const { code, text } = await preview(
      "dev",
      ...["--set", "pools.api.env.STRIPE_API_KEY=hunter2", "--set", "pools.worker.image=node:latest"],
      ...["--set", "balancer.limits={}"],
    );
    expect(text).toContain("**It would be refused**, because of policies:");
    expect(text).toMatch(/\*\*plain-secrets\*\*, `app-api-1`: The variable STRIPE_API_KEY/);
    expect(text).toMatch(/\*\*pinned-images\*\*, `app-worker-image`: The image node:latest/);
    expect(text).toMatch(/\*\*limits\*\*, `app-balancer`/);
    expect(text).not.toContain("hunter2");
    expect(code).not.toBe(0);
  });

  test("names the policy that asks for two replicas in production", async () => {
    const { code, text } = await preview("prod", "--set", "pools.api.replicas=1");
    expect(text).toMatch(/\*\*replicas-in-production\*\*.*The pool app\/api has 1 replica/);
    expect(code).not.toBe(0);
  });

  test("says why it would fail", async () => {
    const { code, text } = await preview("dev", "--set", "pools.api.port=none");
    expect(text).toContain("**It would fail**, and nothing would be changed:");
    expect(text).toContain("pools.api.port must be");
    expect(code).not.toBe(0);
  });
});
