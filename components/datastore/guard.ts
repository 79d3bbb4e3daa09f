import * as pulumi from "@pulumi/pulumi";
import { createRunError } from "../resources/run-error";
import { describeProblems } from "../arguments/problems";
import { nameStack } from "../resources/own-names";
import type { Engine } from "../../engine/client";
import { labelFilters } from "../../engine/labels";
import type { StoreGuard } from "./recipe";

/** Ends the deployment before it changes anything, when a running server says what must not be. */
export async function passGuard(store: string, guard: StoreGuard, engine: Engine): Promise<void> {
  const filters = labelFilters({
    stack: nameStack(),
    store,
    server: guard.title,
  });
  const { stdout: ids } = await engine.attempt(["ps", "--quiet", ...filters]);
  const [id = ""] = ids.trim().split("\n");
  // What does not run, or does not answer, has nothing to say against it.
  if (id === "") return;
  const { code, stdout } = await engine.attempt(["exec", id, "sh", "-c", guard.command]);
  if (code !== 0) return;
  const { problems, warnings } = guard.findObjections(stdout.trim());
  const title = `Datastore "${store}"`;
  for (const warning of warnings) void pulumi.log.warn(`${title}: ${warning}`);
  if (problems.length > 0) throw createRunError(describeProblems(title, problems));
}
