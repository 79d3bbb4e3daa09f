import { listExamples } from "../bare/examples.cjs";
import { type Command, defineCommand, required, rest } from "../command";
import { readExample } from "../example";
import { checkToldExample } from "../example-settings";
import type { Told } from "../options";
import { runScript } from "../processes";
import { readCall } from "../reading";

/** Does one of these commands with an example. */
export function exampleWith(commands: Command[]): Command {
  const names = commands.map(({ name }) => name);
  return defineCommand({
    name: "example",
    summary: "deploys an example, or does another command with it",
    arguments: {
      example: required("the example", listExamples),
      words: rest(
        `${names.join(", ")}; up when left out. Then what that command is told; --set method=hash is one of the example's own settings`,
      ),
    },
    passesOn: { to: "the command", options: ["--stack prod"], behindArgument: true },
    examples: [
      ["npm run example -- shop", "deploys it"],
      ["npm run example -- chatbot up --stack prod --replicas chat=5", "five replicas in production"],
      ["npm run example -- chatbot up --help", "what up can be told"],
      ["npm run example -- shop down", "removes it; the data stay"],
    ],
    check: ({ example, words }) => {
      const { folder, words: told } = readExample(example, words, names);
      const call = readCall(commands, told);
      if (typeof call !== "string") checkToldExample(folder, call.given as Partial<Told>);
    },
    run: ({ example, words }) => {
      const call = readExample(example, words, names);
      return runScript("cli/main.ts", call.words, { ...process.env, FLOTILLA_PROJECT_FOLDER: call.folder });
    },
  });
}
