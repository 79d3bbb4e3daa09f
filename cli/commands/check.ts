import { defineCommand } from "../command";
import { exitCodes } from "../failure";
import { findAnswers, makeChecklist, renderChecklist } from "../operator/checklist";
import { findDeployed } from "../operator/parts";
import { findStatus, summarize } from "../operator/status";
import { choosePaint } from "../operator/style";
import { parseTold } from "../operator/told";
import { renderJson } from "../operator/watch";
import { json, stack } from "../options";
import { pulumiEnvironment, readStackOutputs } from "../pulumi";

/** Goes through the checklist after a deployment. */
export const check = defineCommand({
  name: "check",
  summary:
    "goes through the checklist after a deployment: what clients get, replicas, versions, datastores, backups",
  options: { stack, json },
  examples: [
    ["npm run check", "a line for each point; ends with 1 where one is not as it should be"],
    ["npm run check -- --stack prod --json", "for programs"],
  ],
  run: async (given) => {
    const { engine, label, parts } = await findDeployed(given.stack);
    const outputs = await readStackOutputs(given.stack, pulumiEnvironment());
    const [found, answers] = await Promise.all([
      findStatus(engine, label, parts),
      findAnswers(engine, parts, outputs.url),
    ]);
    const status = summarize({ ...found, told: parseTold(outputs) }, Date.now());
    const checks = makeChecklist(status, answers);
    const ok = checks.every((each) => each.ok);
    const lines = given.json
      ? [renderJson({ stack: status.stack, at: status.at, ok, checks })]
      : renderChecklist(checks, choosePaint());
    process.stdout.write(`${lines.join("\n")}\n`);
    return ok ? exitCodes.done : exitCodes.failed;
  },
});
