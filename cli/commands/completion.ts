import { complete } from "../completion/complete";
import { findNames } from "../completion/names";
import { scripts, shells } from "../completion/scripts";
import { type Command, defineCommand, required, rest } from "../command";
import { exitCodes } from "../failure";

/** Gives a shell what it needs to complete words of these commands, among which this one is. */
export function completionOf(commands: () => Command[]): Command {
  return defineCommand({
    name: "completion",
    summary: "a script for your shell, which completes commands, options and names of flotilla",
    arguments: {
      shell: required("bash, zsh, fish or powershell", () => [...shells]),
      words: rest("behind --, words of which the last one is completed: what the scripts ask"),
    },
    examples: [
      ["npx flotilla completion bash", 'in ~/.bashrc: eval "$(npx flotilla completion bash)"'],
      ["npx flotilla completion zsh", "the same in ~/.zshrc, behind compinit"],
      ["npx flotilla completion fish", "by a pipe into source"],
      ["npx flotilla completion powershell", "by a pipe into Out-String, and into Invoke-Expression"],
    ],
    run: async ({ shell, words }) => {
      if (words.length === 0) {
        process.stdout.write(scripts[shell as keyof typeof scripts]);
        return exitCodes.done;
      }
      // Somebody who types wants no messages.
      const found = await complete(commands(), words, findNames()).catch(() => []);
      // Bash takes words apart at =, and replaces what is behind it.
      const start = shell === "bash" && words.some((word) => word === "=") ? /^.*=(?=.)/s : /^/;
      for (const { value, text } of found)
        process.stdout.write(`${value.replace(start, "")}${text === "" ? "" : `\t${text}`}\n`);
      return exitCodes.done;
    },
  });
}
