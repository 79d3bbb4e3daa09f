import type { Command } from "./command";
import { autoscale } from "./commands/autoscale";
import { backup } from "./commands/backup";
import { capacity } from "./commands/capacity";
import { check } from "./commands/check";
import { completionOf } from "./commands/completion";
import { config } from "./commands/config";
import { deploy } from "./commands/deploy";
import { doctor } from "./commands/doctor";
import { down } from "./commands/down";
import { env } from "./commands/env";
import { events } from "./commands/events";
import { exec } from "./commands/exec";
import { failoverTest } from "./commands/failover-test";
import { history } from "./commands/history";
import { hold } from "./commands/hold";
import { importCommand } from "./commands/import";
import { init } from "./commands/init";
import { loadtest } from "./commands/loadtest";
import { lock } from "./commands/lock";
import { logs } from "./commands/logs";
import { maintenance } from "./commands/maintenance";
import { monitor } from "./commands/monitor";
import { network } from "./commands/network";
import { nodes } from "./commands/nodes";
import { preview } from "./commands/preview";
import { rehearse } from "./commands/rehearse";
import { restart } from "./commands/restart";
import { restore } from "./commands/restore";
import { rollback } from "./commands/rollback";
import { scale } from "./commands/scale";
import { setup } from "./commands/setup";
import { shell } from "./commands/shell";
import { start } from "./commands/start";
import { stats } from "./commands/stats";
import { status } from "./commands/status";
import { stop } from "./commands/stop";
import { unlock } from "./commands/unlock";
import { up } from "./commands/up";

/** The commands on stacks: of one's own, of this project and of the examples. */
export const ofStacks: Command[] = [
  ...[
    up,
    preview,
    down,
    deploy,
    rollback,
    scale,
    autoscale,
    restart,
    maintenance,
    hold,
    stop,
    start,
    lock,
    unlock,
  ],
  ...[status, check, stats, logs, events, network, config, history],
  ...[nodes, exec, shell, backup, restore],
  ...[loadtest, failoverTest, rehearse, capacity, monitor],
];

const completion = completionOf(() => commands);

/** The commands that need no stack. */
export const others: Command[] = [importCommand, env, completion, doctor, setup];

/** All commands of the package, in the order in which they are told of. */
export const commands: Command[] = [init, ...ofStacks, ...others];
