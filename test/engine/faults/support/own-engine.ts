import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, test } from "vitest";
import { docker, succeeds, until } from "../../support/engine";
import { skipUntried } from "../../support/record";
import { runCommand, shell, type Started, startCommand } from "./commands";

/** A network for each process that makes engines. */
const network = `10.199.${process.pid % 250}`;

/** Where what an engine of the tests' own publishes answers. */
export const ownAddress = `${network}.2`;

/** What an engine of the tests' own is like. */
export interface OwnEngineOptions {
  /** Images that it has, from the machine's engine. */
  images: string[];
  /** Size of the disk that it keeps everything on. Defaults to 6,000. */
  diskMiB?: number;
  /** Further arguments of `dockerd`. Defaults to none. */
  arguments?: string[];
}

/** A Docker engine with a disk, a network and processes of its own: as on a machine that only the tests know. */
export interface OwnEngine {
  /** Folder of its disk, seen by its own commands only. */
  disk: string;
  /** Runs a shell command on its machine; gives what it printed. */
  shell(script: string): Promise<string>;
  /** Starts a command on its machine, and leaves it running. */
  start(...command: string[]): Started;
  /** Number of the process `dockerd`, as the tests' machine counts. */
  daemon(): number;
  /** Starts `dockerd` and waits until it answers. */
  startDaemon(): Promise<void>;
  /** Asks `dockerd` to end, and waits until it has. */
  endDaemon(): Promise<void>;
  /** Ends all of its processes at once, and what its disk was not told to keep is lost. */
  cutPower(): Promise<void>;
  /** Starts the machine after a cut; its engine answers then. */
  boot(): Promise<void>;
}

/** Why no engine can be made here; undefined where one can. */
export function findObstacle(): string | undefined {
  if (process.platform !== "linux") return "engines of the tests' own need Linux";
  if (process.getuid?.() !== 0) return "engines of the tests' own need root";
  const missing = ["dockerd", "ip", "iptables", "nsenter", "unshare", "mkfs.ext4", "python3"].filter(
    (program) => !isInstalled(program),
  );
  return missing.length > 0 ? `not installed: ${missing.join(", ")}` : undefined;
}

function isInstalled(program: string): boolean {
  try {
    execFileSync("sh", ["-c", 'command -v "$0"', program]);
    return true;
  } catch {
    return false;
  }
}

/** Makes an engine for the tests of a file; what they ask an engine goes to it meanwhile. */
export function useOwnEngine(options: OwnEngineOptions): () => OwnEngine {
  let made: Made | undefined;
  beforeAll(async () => {
    made = await createOwnEngine(options);
    process.env.DOCKER_HOST = made.host;
  });
  afterAll(() => {
    Reflect.deleteProperty(process.env, "DOCKER_HOST");
    return made?.remove();
  });
  return () => {
    if (made === undefined) throw new Error("The engine is made before the tests.");
    return made.engine;
  };
}

interface Made {
  engine: OwnEngine;
  host: string;
  remove(): Promise<void>;
}

async function createOwnEngine(options: OwnEngineOptions): Promise<Made> {
  const home = mkdtempSync(join(tmpdir(), "flotilla-engine-"));
  const machine = makeMachine(home, options);
  const remove = async () => {
    await machine.cut().catch(() => undefined);
    rmSync(home, { recursive: true, force: true });
  };
  try {
    await shell(
      `truncate -s ${options.diskMiB ?? 6000}M '${home}/disk.img' && mkfs.ext4 -q '${home}/disk.img'`,
    );
    await machine.engine.boot();
    await shell(`docker save ${options.images.join(" ")} | docker -H ${machine.host} load -q`);
    return { engine: machine.engine, host: machine.host, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

function makeMachine(home: string, options: OwnEngineOptions) {
  const [disk, sockets] = [join(home, "disk"), join(home, "sockets")];
  mkdirSync(disk);
  mkdirSync(sockets);
  const host = `unix://${sockets}/docker.sock`;
  const name = `ft${process.pid}`;
  let holder: Started | undefined;
  let daemon: Started | undefined;

  /** The first process of the machine: all others end with it. */
  const findFirst = (): number => {
    if (holder === undefined) throw new Error("The machine is not started.");
    const [first = ""] = readFileSync(`/proc/${holder.pid}/task/${holder.pid}/children`, "utf8").split(" ");
    if (first === "") throw new Error("The machine has no process.");
    return Number(first);
  };
  const inside = (...command: string[]) => [
    ...["nsenter", `--target=${findFirst()}`, "--mount", "--net", "--pid", "--"],
    ...command,
  ];
  const run = (script: string) => runCommand(...inside("sh", "-ec", script));

  async function startMachine(): Promise<void> {
    // It ends with its standard input; children that nobody waits for are gone at once where their end is ignored.
    const idle = 'trap "" CHLD; exec cat';
    const own = ["--mount", "--net", "--pid", "--fork", "--kill-child=KILL", "--mount-proc"];
    holder = startCommand("unshare", ...own, "sh", "-c", idle);
    await until("the machine has a process", () => succeeds(Promise.resolve().then(findFirst)));
    await until("it has namespaces of its own", () => succeeds(run("mountpoint -q /proc")));
    await shell(`
      ip link add ${name} type veth peer name ${name}-in
      ip link set ${name}-in netns ${findFirst()} name eth0
      ip address add ${network}.1/30 dev ${name}
      ip link set ${name} up`);
    // What an engine of this machine has there must not be found.
    await run(`
      mount -o loop '${home}/disk.img' '${disk}'
      for folder in /run/docker /run/containerd; do mkdir -p $folder; mount -t tmpfs tmpfs $folder; done
      ip link set lo up
      ip address add ${ownAddress}/30 dev eth0
      ip link set eth0 up
      ip route add default via ${network}.1`);
  }

  const engine: OwnEngine = {
    disk,
    shell: run,
    start: (...command) => startCommand(...inside(...command)),
    daemon: () => {
      if (daemon === undefined) throw new Error("dockerd does not run.");
      // `nsenter` waits for what it has started.
      const [first = ""] = readFileSync(`/proc/${daemon.pid}/task/${daemon.pid}/children`, "utf8").split(" ");
      return Number(first);
    },
    startDaemon: async () => {
      daemon = startCommand(
        ...inside(
          ...["dockerd", `--host=${host}`, `--data-root=${disk}/docker`, "--exec-root=/run/docker"],
          ...["--pidfile=/run/docker/docker.pid", "--exec-opt=native.cgroupdriver=cgroupfs"],
          ...[`--cgroup-parent=/${name}`, "--storage-driver=overlay2", ...(options.arguments ?? [])],
        ),
      );
      const started = daemon;
      await until("dockerd answers", async () => {
        if (started.hasEnded()) throw new Error(`dockerd ended:\n${started.text()}`);
        return succeeds(docker("--host", host, "version"));
      });
    },
    endDaemon: async () => {
      process.kill(engine.daemon(), "SIGTERM");
      await daemon?.ended;
    },
    cutPower: async () => {
      await run(`python3 -c '${shutDown}' '${disk}'`);
      await cut();
    },
    boot: async () => {
      await startMachine();
      await engine.startDaemon();
    },
  };

  async function cut(): Promise<void> {
    holder?.kill("SIGKILL");
    await holder?.ended;
    holder = undefined;
    await until("its disk is not in use", async () => (await shell(`losetup -j '${home}/disk.img'`)) === "");
    await shell(`ip link delete ${name} 2>/dev/null || true`);
    await until("its network is gone", () => !existsSync(`/sys/class/net/${name}`));
    await wait(100);
    await shell(`for folder in /sys/fs/cgroup/${name} /sys/fs/cgroup/*/${name}; do
      [ ! -d $folder ] || find $folder -depth -type d -exec rmdir {} +
    done`).catch(() => undefined);
  }

  return { engine, host, cut };
}

/** Ends the file system of a folder without writing what is not written yet (FS_IOC_SHUTDOWN), as a power cut does. */
const shutDown = `
import fcntl, os, struct, sys
fcntl.ioctl(os.open(sys.argv[1], os.O_RDONLY), 0x8004587D, struct.pack("I", 2))`;

/** Tests of faults, where an engine can be made for them. */
export function describeFaults(title: string, define: () => void): void {
  const obstacle = findObstacle();
  test.runIf(obstacle !== undefined)(`${title} is not tried`, (context) => {
    skipUntried(context, [title], obstacle ?? "");
  });
  describe.skipIf(obstacle !== undefined)(title, define);
}
