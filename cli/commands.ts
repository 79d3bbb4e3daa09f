import type { Command } from "./command";
import { backup } from "./commands/backup";
import { bench } from "./commands/bench";
import { config } from "./commands/config";
import { doctor } from "./commands/doctor";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { events } from "./commands/events";
import { exampleWith } from "./commands/example";
import { exec } from "./commands/exec";
import { history } from "./commands/history";
import { importCommand } from "./commands/import";
import { logs } from "./commands/logs";
import { network } from "./commands/network";
import { preview } from "./commands/preview";
import { prove } from "./commands/prove";
import { restart } from "./commands/restart";
import { restore } from "./commands/restore";
import { scale } from "./commands/scale";
import { schema } from "./commands/schema";
import { setup } from "./commands/setup";
import { shell } from "./commands/shell";
import { status } from "./commands/status";
import { start } from "./commands/start";
import { stop } from "./commands/stop";
import { test } from "./commands/test";
import { up } from "./commands/up";

/** The commands on stacks, of this project and of the examples. */
const ofStacks: Command[] = [
  ...[up, preview, down, scale, restart, stop, start],
  ...[status, logs, events, network, config, history],
  ...[exec, shell, backup, restore],
];

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
