import type { Command } from "./command";
import { bench } from "./commands/bench";
import { exampleWith } from "./commands/example";
import { prove } from "./commands/prove";
import { schema } from "./commands/schema";
import { test } from "./commands/test";
import { ofStacks, others } from "./commands";

/** All commands of a clone, with those of its examples and of its own development, in the order in which they are told of. */
export const commands: Command[] = [
  ...ofStacks,
  exampleWith(ofStacks),
  ...others,
  test,
  prove,
  bench,
  schema,
];
