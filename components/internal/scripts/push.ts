import {
  changeConfiguration,
  findBalancer,
  findContainers,
  inBalancer,
  isBackup,
  startedFile,
  writeFile,
  writeMembers,
  writeSettings,
  type BalancerPlace,
} from "./balancer";
import {
  deliverFolders,
  linkFolders,
  type StaticFolder,
  writeFacts,
  writeSecretFiles,
} from "./configuration-files";
import { docker, Failure, perform, readInput, sleep, tryDocker } from "./docker";
import { drain } from "./drain";
import { passGate, type Gate } from "./gate";
import { probe } from "./probe";

/** The replicas of one upstream. */
interface PushedUpstream {
  name: string;
  /** The upstream's lines, one for each replica. */
  lines: string[];
  port: number;
  failSeconds: number;
  drainSeconds: number;
  /** The replicas, as gates that a restarted one passes again. */
  gates: Gate[];
}

/** The configuration that a balancer shall have. */
interface PushTask extends BalancerPlace {
  /** The whole of nginx.conf. */
  settings: string;
  /** Further files of the configuration: texts by path. */
  files: Record<string, string>;
  /** The same for those that nobody but Nginx may read. */
  secretFiles: Record<string, string>;
  /** Folders of the project whose files Nginx serves. */
  folders: StaticFolder[];
  upstreams: PushedUpstream[];
  keepaliveMinSeconds: number;
  /** What was stopped by hand when this was asked for. */
  stopped: string;
  /** Names of switched-off mechanisms; tests prove with them that the suites notice. */
  without: string[];
}

/** Gives the balancer its configuration without losing a request. */
export function push(): void {
  void perform(async () => {
    const task = readInput() as PushTask;
    const started = await startStopped(task);
    const balancer = await waitForBalancer(task);
    const live = await readMembers(balancer);
    await deliverFolders(balancer, task.folders);
    const leaving = await switchOver(task, balancer, live);
    const swept = await sweep(task, live);
    return [...started, `${leaving} replicas leave`, ...swept].join("; ");
  });
}

/** What an operator stopped or killed by hand stays down for Docker; an update is the moment to bring it back. */
async function startStopped(task: PushTask): Promise<string[]> {
  const stopped = new Set([
    ...(await findContainers("replica", task.network, ["status=exited"], true)),
    ...(await findContainers(
      "balancer",
      task.network,
      ["status=exited", `label=flotilla.balancer=${task.balancer}`],
      true,
    )),
  ]);
  const gates = task.upstreams
    .flatMap((upstream) => upstream.gates)
    .filter(({ replica }) => stopped.has(replica));
  await Promise.all(
    gates.map(async (gate) => {
      await docker(["start", gate.replica]);
      await passGate(gate);
    }),
  );
  const [balancer] = await findContainers(
    "balancer",
    task.network,
    ["status=exited", `label=flotilla.balancer=${task.balancer}`],
    true,
  );
  if (balancer !== undefined && (await findBalancer(task)) === undefined) await docker(["start", balancer]);
  return [
    ...gates.map(({ title }) => `${title} was stopped and is started`),
    ...(balancer === undefined ? [] : ["the balancer was stopped and is started"]),
  ];
}

async function waitForBalancer(task: PushTask): Promise<string> {
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline) {
    const balancer = await findBalancer(task);
    if (balancer !== undefined) return balancer;
    await sleep(300);
  }
  throw new Failure(
    `The balancer's container does not run. Look at it with: docker ps --all --filter label=flotilla.balancer`,
  );
}

/** Every line of every upstream of the live configuration, by the upstream's name; also of replicas that are out. */
async function readMembers(balancer: string): Promise<Map<string, string[]>> {
  const text = await inBalancer(
    balancer,
    `cd /etc/flotilla; grep -H . live/members/*.list 2>/dev/null || true`,
  );
  const members = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, upstream, member] = /^live\/members\/(.+?)\.list:(server .*)$/.exec(line) ?? [];
    if (upstream === undefined || member === undefined) continue;
    members.set(upstream, [...(members.get(upstream) ?? []), member]);
  }
  return members;
}

/**
 * Two reloads. A name that Nginx has never resolved has no address at first, so the new replicas come in beside the old
 * ones, and these leave only when each new one has answered.
 */
async function switchOver(task: PushTask, balancer: string, live: Map<string, string[]>): Promise<number> {
  if (live.size === 0) await openClosed(task, balancer);
  const leaving = (upstream: PushedUpstream): string[] =>
    (live.get(upstream.name) ?? []).filter((line) => !upstream.lines.includes(line));
  const count = task.upstreams.flatMap(leaving).length;
  const together = count > 0 && !task.without.includes("overlap");
  if (together) {
    const beside = task.upstreams.map((upstream) => ({
      ...upstream,
      lines: [...leaving(upstream), ...upstream.lines],
    }));
    await changeConfiguration(balancer, edits(task, beside));
    try {
      await probeAll(balancer, task, live);
    } catch (error) {
      const before = task.upstreams.map((upstream) => ({
        ...upstream,
        lines: live.get(upstream.name) ?? upstream.lines,
      }));
      await changeConfiguration(balancer, membersOnly(before));
      throw error;
    }
  }
  await changeConfiguration(balancer, edits(task, task.upstreams));
  if (!together && !task.without.includes("overlap")) await probeAll(balancer, task, live);
  return count;
}

/** A first configuration resolves its names where no client can ask yet. */
async function openClosed(task: PushTask, balancer: string): Promise<void> {
  const settings = task.settings.replaceAll(/listen (\d+)(?=[ ;])/g, "listen unix:/run/flotilla-$1.sock");
  await changeConfiguration(balancer, edits({ ...task, settings }, task.upstreams));
  await probeAll(balancer, task, new Map());
}

async function probeAll(balancer: string, task: PushTask, live: Map<string, string[]>): Promise<void> {
  for (const upstream of task.upstreams) {
    const { name, lines, gates, port } = upstream;
    // A replica that was in use before may be out now; that is no fault of what is pushed.
    const wasLive = (live.get(name) ?? []).join("\n");
    const expected = gates
      .filter((_, index) => !isBackup(lines[index] ?? ""))
      .map((gate) => ({ ...gate, mayBeOut: wasLive.includes(`server ${gate.replica}:${port} `) }));
    await probe(balancer, task.network, upstream, expected);
  }
}

function edits(
  { settings, files, secretFiles, folders, stopped }: PushTask,
  upstreams: PushedUpstream[],
): string {
  return [
    writeSettings(settings, files),
    writeSecretFiles("next", secretFiles),
    writeFacts(secretFiles),
    linkFolders(folders),
    // What is started again changes the configuration, so that Nginx forgets its failures.
    writeFile(`next/${startedFile}`, stopped),
    membersOnly(upstreams),
  ].join("\n");
}

function membersOnly(upstreams: PushedUpstream[]): string {
  return upstreams.map(({ name, lines }) => writeMembers(name, lines)).join("\n");
}

/** Removes replicas that no deployment knows: an update that was killed created them and could not write them down. */
async function sweep(task: PushTask, live: Map<string, string[]>): Promise<string[]> {
  const swept: string[] = [];
  for (const { name, gates, port, drainSeconds } of task.upstreams) {
    const wasLive = (live.get(name) ?? []).join("\n");
    const found = await findContainers("replica", task.network, [`label=flotilla.pool=${name}`], true);
    const unknown = found.filter(
      (container) =>
        !gates.some(({ replica }) => replica === container) && !wasLive.includes(`server ${container}:`),
    );
    for (const replica of unknown) {
      await drain(task, { replica, port, drainSeconds, keepaliveMinSeconds: task.keepaliveMinSeconds });
      await tryDocker(["rm", "--force", replica]);
      swept.push(`${replica} was left over and is removed`);
    }
  }
  return swept;
}
