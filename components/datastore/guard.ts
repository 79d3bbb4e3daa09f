import * as pulumi from "@pulumi/pulumi";
import { createRunError } from "../resources/run-error";
import { describeProblems } from "../arguments/problems";
import { nameStack } from "../resources/own-names";
import { labelFilters, tryDocker } from "../../engine/docker";
import type { StoreGuard } from "./recipe";
import { withHost } from "../../engine/docker-context";

/** Ends the deployment before it changes anything, when a running server says what must not be. */
export async function passGuard(store: string, guard: StoreGuard, host: string | undefined): Promise<void> {
  const environment = withHost(host);
  const filters = labelFilters({
    "flotilla.stack": nameStack(),
    "flotilla.store": store,
    "flotilla.server": guard.title,
  });
  const { stdout: ids } = await tryDocker(["ps", "--quiet", ...filters], undefined, environment);
  const [id = ""] = ids.trim().split("\n");
  // What does not run, or does not answer, has nothing to say against it.
  if (id === "") return;
  const { code, stdout } = await tryDocker(["exec", id, "sh", "-c", guard.command], undefined, environment);
  if (code !== 0) return;
  const { problems, warnings } = guard.judge(stdout.trim());
  const title = `Datastore "${store}"`;
  for (const warning of warnings) void pulumi.log.warn(`${title}: ${warning}`);
  if (problems.length > 0) throw createRunError(describeProblems(title, problems));
}
