import { z } from "zod";
import type { BuildArgs } from "../../types";
import { byName, closed, type Fields, phrase, text } from "../../arguments/schema-parts";
import { secret } from "../../arguments/secrecy";

/** An image built from a folder with a Dockerfile. */
export const build = closed(
  {
    context: text("be the path of a folder", /./s, "Set it relative to the project's folder, like ./app."),
    dockerfile: text("be a path inside the context", /./s).default("Dockerfile"),
    target: text("be the name of a stage", /^\S+$/).optional(),
    args: secret(byName(z.string(phrase("be a text")), "be an object of build arguments by name")).default(
      {},
    ),
    noCache: z
      .string(phrase("be a text", "Take another one, like the date, for each new build."))
      .default(""),
  } satisfies Fields<BuildArgs>,
  "be an object with a context",
);
