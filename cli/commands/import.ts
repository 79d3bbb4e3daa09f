import { createRequire } from "node:module";
import { resolve } from "node:path";
import { stackFolder } from "../bare/machine.cjs";
import { defineCommand, flag, optional, required, text, texts } from "../command";
import { Misuse } from "../failure";
import type * as importModule from "../import";
import { json, stack } from "../options";

/** Makes a stack's file of what somebody has. */
export const importCommand = defineCommand({
  name: "import",
  summary:
    "makes a stack's file of a docker-compose.yml and its nginx.conf, and says what became of each setting",
  arguments: {
    from: required("what is imported", () => ["compose"]),
    composeFile: optional(
      "file of Compose; that of this folder, with its override file, when left out",
      undefined,
    ),
  },
  options: {
    file: {
      ...texts("path", "a further file of Compose, which goes over those before; may be repeated"),
      short: "f",
    },
    nginx: text("path", "file of Nginx; those of the service in front when left out", undefined),
    profile: texts("name", "a profile whose services are taken too, or all; may be repeated"),
    envFile: texts("path", "file of variables, instead of .env beside the first file; may be repeated"),
    stack,
    output: text(
      "folder",
      "folder of the stack's file; that of the project at hand when left out",
      undefined,
      { short: "o" },
    ),
    stdout: flag("prints the stack's file on standard output, and writes nothing"),
    force: flag("writes over a stack's file that is there"),
    json,
  },
  examples: [
    [
      "npm run import -- compose --stack shop",
      "reads docker-compose.yml of this folder and its nginx.conf, and writes Pulumi.shop.yaml",
    ],
    [
      "npm run import -- compose shop/compose.yml -f shop/compose.prod.yml --nginx shop/nginx.conf --stack prod --stdout",
      "shows what would be written",
    ],
  ],
  check: (given) => {
    if (given.json && given.stdout)
      throw new Misuse("--stdout and --json cannot be combined: leave one out.");
  },
  run: (given) => {
    // What reads and checks a stack takes seconds to load: no other command waits for it.
    const load = createRequire(__filename);
    const { runImport } = load("../import") as typeof importModule;
    const { composeFile, file, output, nginx } = given;
    const folder = process.cwd();
    return runImport({
      ...{ folder, profiles: given.profile, envFiles: given.envFile, environment: process.env },
      files: [...(composeFile === undefined ? [] : [composeFile]), ...file],
      nginx: nginx === undefined ? undefined : resolve(folder, nginx),
      output: output === undefined ? stackFolder : resolve(folder, output),
      ...{ stack: given.stack, isPrinted: given.stdout, isForced: given.force, json: given.json },
    });
  },
});
