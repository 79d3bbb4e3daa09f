import type { Command } from "./command";
import { backup } from "./commands/backup";
import { capacity } from "./commands/capacity";
import { config } from "./commands/config";
import { doctor } from "./commands/doctor";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { events } from "./commands/events";
import { exec } from "./commands/exec";
import { failoverTest } from "./commands/failover-test";
import { history } from "./commands/history";
import { importCommand } from "./commands/import";
import { init } from "./commands/init";
import { loadtest } from "./commands/loadtest";
import { logs } from "./commands/logs";
import { monitor } from "./commands/monitor";
import { network } from "./commands/network";
import { preview } from "./commands/preview";
import { rehearse } from "./commands/rehearse";
import { restart } from "./commands/restart";
import { restore } from "./commands/restore";
import { scale } from "./commands/scale";
import { setup } from "./commands/setup";
import { shell } from "./commands/shell";
import { start } from "./commands/start";
import { status } from "./commands/status";
import { stop } from "./commands/stop";
import { up } from "./commands/up";

/** The commands on stacks: of one's own, of this project and of the examples. */
export const ofStacks: Command[] = [
  ...[up, preview, down, scale, restart, stop, start],
  ...[status, logs, events, network, config, history],
  ...[exec, shell, backup, restore],
  ...[loadtest, failoverTest, rehearse, capacity, monitor],
];

/** The commands that need no stack. */
export const others: Command[] = [importCommand, env, doctor, setup];

/** All commands of the package, in the order in which they are told of. */
export const commands: Command[] = [init, ...ofStacks, ...others];
