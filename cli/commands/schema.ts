import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { defineCommand } from "../command";
import { exitCodes } from "../failure";
import type * as schemaModule from "../schema";
import type * as stackSchemaModule from "../stack-schema";

/** Takes a change of the package's interface over. */
export const schema = defineCommand({
  name: "schema",
  summary: "takes a change of the package's interface over, and names the line that the changelog needs",
  examples: [["npm run schema", "after a change of what components take or give"]],
  run: async () => {
    // All components and their provider, which take seconds to load: no other command waits for them.
    const load = createRequire(__filename);
    const { describeSchema, digestSchema, readSchema, schemaFile } = load("../schema") as typeof schemaModule;
    const { renderStackSchema, stackSchemaFile } = load("../stack-schema") as typeof stackSchemaModule;
    const found = await readSchema();
    const text = describeSchema(found);
    const changed = readFileSync(schemaFile, { encoding: "utf8", flag: "a+" }) !== text;
    writeFileSync(schemaFile, text);
    writeFileSync(stackSchemaFile, renderStackSchema(found));
    process.stdout.write(
      changed
        ? `The interface of the package has changed. Say so in CHANGELOG.md, in a line that starts with "- Interface \`${digestSchema(text)}\`:".\n`
        : "The interface of the package is what it was.\n",
    );
    return exitCodes.done;
  },
});
