import { statSync } from "node:fs";
import { resolve } from "node:path";
import { z } from "zod";
import type { BuildArgs } from "../../types";
import { byName, closed, type Fields, phrase, text } from "../../arguments/schema-parts";
import type { Problem } from "../../arguments/problems";
import { secret } from "../../arguments/secrecy";

/** An image built from a folder with a Dockerfile. */
export const build = closed(
  {
    context: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./app."),
    dockerfile: text("be a path from the context", /./s).default("Dockerfile"),
    target: text("be the name of a stage", /^\S+$/).optional(),
    args: secret(byName(z.string(phrase("be a text")), "be an object of build arguments by name")).default(
      {},
    ),
    noCache: z
      .string(phrase("be a text", "Take another one, like the date, for each new build."))
      .default(""),
  } satisfies Fields<BuildArgs>,
  "be an object with a context",
  undefined,
  [{ needs: ["context", "dockerfile"], find: findMissing }],
);

/** An image of nothing cannot be built; whoever reads that wants to know where was looked. */
function findMissing({ context, dockerfile }: { context: string; dockerfile: string }): Problem[] {
  const folder = resolve(context);
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true)
    return [
      {
        path: ["context"],
        value: context,
        rule: "be a folder that is there",
        remedy: `It is looked for as ${folder}.`,
      },
    ];
  const file = resolve(folder, dockerfile);
  if (statSync(file, { throwIfNoEntry: false })?.isFile() === true) return [];
  const remedy = `It is looked for as ${file}.`;
  return [{ path: ["dockerfile"], value: dockerfile, rule: "be a file that is there", remedy }];
}
