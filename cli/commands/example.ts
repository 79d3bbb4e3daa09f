import { existsSync } from "node:fs";
import { join } from "node:path";
import { listExamples } from "../bare/examples.cjs";
import { projectFolder } from "../bare/machine.cjs";
import { type Command, defineCommand, required, rest } from "../command";
import { linkPackage, readExample } from "../example";
import { exitCodes, Failure } from "../failure";
import { run, runScript } from "../processes";

/** Does one of these commands with an example. */
export function exampleWith(commands: Command[]): Command {
  const names = commands.map(({ name }) => name);
  return defineCommand({
    name: "example",
    summary: "deploys an example, or does another command with it",
    arguments: {
      example: required("the example", listExamples),
      words: rest(
        `${names.join(", ")}; up when left out. Then what that command is told; --replicas api=3 is written into the stack's file, where later runs find it`,
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
      readExample(example, words, names);
    },
    run: async ({ example, words }) => {
      const call = readExample(example, words, names);
      linkPackage(call.folder);
      if (!existsSync(join(projectFolder, "dist"))) {
        const { code } = await run("npm", ["run", "build"], process.env, "beside");
        if (code !== exitCodes.done)
          throw new Failure("The package that examples import cannot be built: see above.");
      }
      return runScript("cli/main.ts", call.words, { ...process.env, FLOTILLA_PROJECT_FOLDER: call.folder });
    },
  });
}
