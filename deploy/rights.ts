import { type Engine, Failure } from "../engine/client";
import { isRootUser } from "../engine/containers";
import { fleetOf } from "./fleet-of";
import { describeRest, type Explain, passGate, type Passing } from "./gate";
import { say } from "./process";
import type { Gate, PoolTask } from "./tasks";

function namePool({ title }: Gate): string {
  return `pools.${title.replace(/-\d+$/, "")}`;
}

/** Stops a replica that must not be root, and is. */
export async function refuseRoot(engine: Engine, gate: Gate): Promise<void> {
  if (!gate.mustNotBeRoot) return;
  const known = await fleetOf(engine).readRights(gate.replica);
  if (known === undefined || !isRootUser(known.user)) return;
  await fleetOf(engine).stop(gate.replica, 1);
  throw new Failure(
    `The replica ${gate.title} would run as root, which ${namePool(gate)}.security.strict rules out. ${describeRest(gate)}. Set ${namePool(gate)}.user, or USER in its Dockerfile.`,
  );
}

/** Sentences on the rights that a replica that failed may lack; none where it does not complain of that. */
export const explainRights: Explain = async (engine, gate, said) => {
  const wants = {
    files: /read-only file ?system|EROFS/i.test(said),
    rights: /operation not permitted|permission denied|must be root|EPERM|EACCES|no.new.privileges/i.test(
      said,
    ),
    processes: /temporarily unavailable|can(?:no|')t fork|fork failed|EAGAIN|native thread/i.test(said),
  };
  if (!Object.values(wants).includes(true)) return [];
  const known = await fleetOf(engine).readRights(gate.replica);
  const { readOnly = false, drops, pids } = known ?? {};
  const setting = `${namePool(gate)}.security`;
  return [
    ...(wants.files && readOnly
      ? [`Its file system can only be read: name the folder that it writes to at ${setting}.writable.`]
      : []),
    ...(wants.rights && drops?.includes("ALL") === true
      ? [
          `It has not all of root's rights: if it needs more, set ${setting}.capabilities or ${setting}.gainsRights, with a reason.`,
        ]
      : []),
    ...(wants.processes && (pids ?? 0) > 0
      ? [`It may have ${pids ?? 0} processes and threads: if it needs more, set ${setting}.processes.`]
      : []),
  ];
};

/** Waits until a replica or a worker is well, with no more rights than its pool has. */
export async function passGateOfPool(engine: Engine, gate: Gate, passing: Passing): Promise<string> {
  await refuseRoot(engine, gate);
  return passGate(engine, gate, { ...passing, explain: explainRights });
}

/** Limits the processes of replicas, before any request comes to them. */
export async function limitProcesses(
  engine: Engine,
  { replicas, processes }: Pick<PoolTask, "replicas" | "processes">,
): Promise<void> {
  const names = replicas.map(({ replica }) => replica);
  const problem = await fleetOf(engine).limitProcesses(processes, names);
  if (problem !== undefined) say(`Warning: not all replicas have a limit of processes: ${problem}`);
}
