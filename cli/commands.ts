import type { Command } from "./command";
import { backup } from "./commands/backup";
import { bench } from "./commands/bench";
import { doctor } from "./commands/doctor";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { exampleWith } from "./commands/example";
import { importCommand } from "./commands/import";
import { preview } from "./commands/preview";
import { prove } from "./commands/prove";
import { restore } from "./commands/restore";
import { schema } from "./commands/schema";
import { setup } from "./commands/setup";
import { test } from "./commands/test";
import { up } from "./commands/up";

/** The commands on stacks, of this project and of the examples. */
const ofStacks: Command[] = [up, preview, down, backup, restore];

/** All commands, in the order in which they are told of. */
export const commands: Command[] = [
  ...ofStacks,
  exampleWith(ofStacks),
  importCommand,
  env,
  doctor,
  setup,
  test,
  prove,
  bench,
  schema,
];
