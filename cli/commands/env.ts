import { stackFolder } from "../bare/machine.cjs";
import { defineCommand, oneOf, text } from "../command";
import { findPlainEnvironment, renderLine } from "../environment";
import { requireProject } from "../own-folder";

/** Gives a line by which plain `pulumi` works as the commands do. */
export const env = defineCommand({
  name: "env",
  summary: "a line for your shell, so that plain pulumi works on the same stacks",
  options: {
    shell: text(
      "name",
      "sh, for bash and zsh too, or powershell; that of this system when left out",
      process.platform === "win32" ? "powershell" : "sh",
      { check: oneOf(() => ["sh", "powershell"]) },
    ),
  },
  examples: [['eval "$(npm run -s env)"', "from then on, pulumi up is as npm run up"]],
  run: ({ shell }) => {
    requireProject(stackFolder);
    process.stdout.write(`${renderLine(findPlainEnvironment(process.env), shell)}\n`);
    return Promise.resolve(0);
  },
});
