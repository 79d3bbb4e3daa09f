import * as pulumi from "@pulumi/pulumi";
import { type Context, labels, withHost } from "../context";
import { describeProblems } from "../problems";
import { tryDocker } from "../scripts/docker";
import { type StoreRecipe, titleServer } from "./recipe";

/** Fails when what a running datastore has does not go with what is asked for; a preview says so too. */
export async function checkExisting(
  context: Context,
  { existing }: StoreRecipe,
  host: string | undefined,
): Promise<void> {
  if (existing === undefined) return;
  const environment = withHost(host);
  const filters = labels(context, {
    "flotilla.role": "store",
    "flotilla.store": context.name,
    "flotilla.server": titleServer(1),
  }).map(({ label, value }) => `--filter=label=${label}=${value}`);
  const running = await tryDocker(
    ["ps", "--quiet", "--filter=status=running", ...filters],
    undefined,
    environment,
  );
  const [container = ""] = running.stdout.split("\n");
  if (running.code !== 0 || container === "") return;
  const { code, stdout } = await tryDocker(
    ["exec", container, "sh", "-c", existing.command],
    undefined,
    environment,
  );
  if (code !== 0) return;
  const { problems, warnings } = existing.judge(stdout);
  const title = `Datastore "${context.name}"`;
  for (const warning of warnings) void pulumi.log.warn(`${title}: ${warning}`, context.parent);
  if (problems.length > 0) throw new pulumi.RunError(describeProblems(title, problems));
}
