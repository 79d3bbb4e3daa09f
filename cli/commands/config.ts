import { defineCommand, flag } from "../command";
import { exitCodes, Failure } from "../failure";
import { readSettings, renderSettings } from "../operator/in-force";
import { findDeployed, listFronts } from "../operator/parts";
import { describeTold, readTold } from "../operator/told";
import { stack } from "../options";
import { pulumiEnvironment, pulumiOn } from "../pulumi";

/** Shows settings. */
export const config = defineCommand({
  name: "config",
  summary:
    "shows the settings of the stack and what it was told, or with --nginx what its balancers run with now; without secrets",
  options: { stack, nginx: flag("Nginx's settings, and the replicas that it knows, as they are in force") },
  examples: [
    [
      "npm run config",
      "what is written for the stack and its project, and what deploy and others have told it",
    ],
    ["npm run config -- --nginx --stack prod", "what Nginx does, whatever is written"],
  ],
  run: async (given) => {
    const texts = given.nginx ? await showNginx(given.stack) : await showStack(given.stack);
    process.stdout.write(`${texts.join("\n")}\n`);
    return exitCodes.done;
  },
});

async function showStack(stack: string): Promise<string[]> {
  const { ok, text } = await pulumiOn(stack, pulumiEnvironment(), "beside").print(["config"], "--json");
  if (!ok)
    throw new Failure(`Pulumi does not tell the settings of the stack ${stack}, for the reason above.`);
  const told = await readTold(stack);
  const counts = Object.entries(told.replicas).map(([pool, count]) => `${pool} has ${count} replicas`);
  const lines = [...counts, ...describeTold(told, stack)];
  return [
    ...renderSettings(text),
    ...(lines.length === 0 ? [] : ["# Told beside the settings, and kept", ...lines]),
  ];
}

async function showNginx(stack: string): Promise<string[]> {
  const { engine, parts } = await findDeployed(stack);
  const balancers = listFronts(parts);
  if (balancers.length === 0) throw new Failure("The stack has no balancer.");
  const settings = await Promise.all(balancers.map((part) => readSettings(engine, part)));
  return balancers.flatMap(({ title }, index) => [`# ${title}`, settings[index] ?? ""]);
}
