import { defineCommand, required, rest, text } from "../command";
import { open } from "../../engine/streams";
import { findDeployed, chooseRunning } from "../operator/parts";
import { renderExec } from "../operator/exec";
import { stack } from "../options";

/** Runs a command in a container. */
export const exec = defineCommand({
  name: "exec",
  summary: "runs a command in a container of the stack, and ends as that does",
  arguments: {
    part: required("a replica, a pool (one of its healthy replicas), a datastore, balancer"),
    command: rest("behind --, the command with what it is told; a shell when left out"),
  },
  options: {
    stack,
    user: text("name", "who runs it; the image's user when left out", undefined, { short: "u" }),
  },
  examples: [
    ["npm run exec -- api", "a shell in a replica of a pool"],
    ["npm run exec -- api -- node migrate.js --dry-run", "a command; its exit code is that of this"],
    ["npm run exec -- api-2 --stack prod -- env", "in this replica alone"],
  ],
  run: async ({ part, command, ...given }) => {
    const { engine, parts } = await findDeployed(given.stack);
    const { id } = chooseRunning(parts, part);
    return open(engine, renderExec(id, command, { user: given.user }));
  },
});
