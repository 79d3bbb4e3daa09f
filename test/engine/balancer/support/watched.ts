import { connect } from "../../../../engine/client";
import { randomBytes } from "node:crypto";
import { spawn } from "node:child_process";
import { join, resolve } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { startNginx } from "../../../../components/service/balancer/start";
import { changeConfiguration, renderMembers, renderSettings } from "../../../../deploy/balancer";
import { scripts } from "../../../../deploy/bundle";
import type { PushTask } from "../../../../deploy/tasks";
import { parseMember, renderMember } from "../../../../nginx/members";
import { renderFiles } from "../../../../nginx/files";
import type { Balancer, Member, Upstream } from "../../../../nginx/model";
import type { ReplicaStatus } from "../../../../nginx/watch/status";
import { renderNginx } from "../../../../nginx/render";
import { docker, dockerLines, until } from "../../support/engine";
import { keepLedger, ledgerFolder, readLedgerVolume } from "../../support/ledger";
import { findFreePort } from "../../support/ports";
import { ask } from "../../support/requests";

/** A balancer in a container, with replicas of the demo application behind it. */
export interface WatchedBalancer {
  /** Name of the balancer's container. */
  container: string;
  network: string;
  /** Where it answers. */
  url: string;
  /** Starts a replica; it is not behind the balancer before `push`. */
  startReplica(title: string, options?: ReplicaOptions): Promise<string>;
  /** Gives the balancer a configuration with these replicas, by upstream. */
  push(balancer: Balancer, members: Record<string, Partial<Member>[]>): Promise<void>;
  /** The same as an update does it: without losing a request. */
  pushByScript(balancer: Balancer, members: Pick<Member, "name" | "title">[]): Promise<void>;
  /** Asks a replica itself. */
  askReplica(replica: string, path: string, method?: string): Promise<string>;
  /** Whether Nginx is told to give a replica no request. */
  isMarked(upstream: string, replica: string): Promise<boolean>;
  /** Waits until the status says so of a replica. */
  reaches(title: string, state: ReplicaStatus["state"]): Promise<void>;
  /** What a shell script in the balancer's container prints. */
  inside(script: string): Promise<string>;
  remove(): Promise<void>;
}

/** How a replica is started. */
export interface ReplicaOptions {
  env?: Record<string, string>;
  /** Arguments of `docker run`. */
  args?: string[];
}

const application = resolve(__dirname, "../../../../apps/demo");

/** Starts a balancer without a configuration. */
export async function startWatched(): Promise<WatchedBalancer> {
  const port = await findFreePort();
  const prefix = `flw-${randomBytes(3).toString("hex")}`;
  const container = `${prefix}-balancer`;
  const started = [container];
  const ledger = `${prefix}-ledger`;
  keepLedger(port, readLedgerVolume(ledger));
  await docker("network", "create", prefix);
  await docker("volume", "create", prefix);
  await docker(
    ...["run", "--detach", `--name=${container}`, `--network=${prefix}`],
    ...[`--volume=${prefix}:/etc/flotilla`, `--publish=127.0.0.1:${port}:80`, "--stop-signal=SIGTERM"],
    ...["--label=flotilla.role=balancer", "--label=flotilla.balancer=balancer"],
    ...["--entrypoint=sh", "nginx:1.30.4", "-c", startNginx],
  );
  const inside = (script: string): Promise<string> => docker("exec", container, "sh", "-c", script);
  const url = `http://127.0.0.1:${port}`;
  const linesOf = (upstream: Upstream, members: Partial<Member>[] = []): string[] =>
    members.map((member) => renderMember({ ...defaultMember, ...member }, upstream));
  return {
    container,
    network: prefix,
    url,
    inside,
    askReplica: (replica, path, method = "GET") =>
      docker("exec", replica, "node", "-e", askScript, `http://127.0.0.1:3000${path}`, method),
    isMarked: async (upstream, replica) => {
      const lines = await inside(`cat /etc/flotilla/live/members/${upstream}.conf`);
      const line = lines.split("\n").find((each) => parseMember(each)?.name === replica);
      return line?.includes(" down;") === true;
    },
    reaches: async (title, state) => {
      await until(`${title} is ${state}`, async () => {
        const answer = await ask(`${url}/lb/status`);
        return typeof answer !== "string" && answer.status === 200
          ? (await findStatus(url, title)).state === state
          : false;
      });
    },
    pushByScript: async (balancer, members) => {
      const [upstream] = balancer.upstreams;
      if (upstream === undefined) throw new Error("The balancer has no upstream.");
      const task: PushTask = {
        balancer: "balancer",
        network: prefix,
        settings: renderNginx(balancer),
        files: renderFiles(balancer),
        secretFiles: {},
        folders: [],
        upstreams: [
          {
            name: upstream.name,
            lines: linesOf(upstream, members),
            port: 3000,
            failSeconds: upstream.failSeconds,
            idleSeconds: upstream.keepalive.seconds,
            probe: upstream.probe,
            drainSeconds: 5,
            streamSeconds: 5,
            gates: members.map(({ name, title }) => ({ replica: name, title, startSeconds: 30 })),
          },
        ],
        trouble: "",
        without: [],
      };
      const script = brotliDecompressSync(Buffer.from(scripts.push, "base64")).toString("utf8");
      const ended = await runNode(`${script};flotilla.push()`, JSON.stringify(task));
      if (ended.code !== 0) throw new Error(ended.text);
    },
    startReplica: async (title, { env = {}, args = [] } = {}) => {
      const name = `${prefix}-${title}-${randomBytes(2).toString("hex")}`;
      started.push(name);
      const variables = { INSTANCE_ID: title, LOG: "false", LEDGER: ledgerFolder, ...env };
      await docker(
        ...["run", "--detach", `--name=${name}`, `--network=${prefix}`, "--init"],
        ...[`--label=flotilla.stack=${prefix}`, `--volume=${ledger}:${ledgerFolder}`],
        ...Object.entries(variables).map(([key, value]) => `--env=${key}=${value}`),
        ...[`--volume=${join(application, "server.js")}:/server.js:ro`, ...args],
        ...["node:24-slim", "node", "/server.js"],
      );
      return name;
    },
    push: async (balancer, members) => {
      await changeConfiguration(
        connect(),
        container,
        [
          renderSettings(renderNginx(balancer), renderFiles(balancer)),
          ...balancer.upstreams.map((upstream) =>
            renderMembers(upstream.name, linesOf(upstream, members[upstream.name])),
          ),
        ].join("\n"),
        { from: "nothing" },
      );
      await until("Nginx answers", async () => (await inside("cat /run/nginx.pid || true")) !== "");
    },
    remove: async () => {
      await docker("rm", "--force", "--volumes", ...started);
      await docker("network", "rm", prefix);
      await docker("volume", "rm", "--force", prefix, ledger);
    },
  };
}

/** Starts a balancer with two healthy replicas. */
export async function startWatchedPair(
  balancer: Balancer,
): Promise<{ watched: WatchedBalancer; replicas: string[] }> {
  const watched = await startWatched();
  const replicas = [await watched.startReplica("api-1"), await watched.startReplica("api-2")];
  await watched.push(balancer, { api: replicas.map((name, i) => ({ name, title: `api-${i + 1}` })) });
  await watched.reaches("api-1", "healthy");
  await watched.reaches("api-2", "healthy");
  return { watched, replicas };
}

const defaultMember: Member = {
  name: "",
  port: 3000,
  title: "",
  weight: 1,
  maxConnections: 0,
  backup: false,
};

const askScript = "fetch(process.argv[1], {method: process.argv[2]}).then((r) => r.text()).then(console.log)";

function runNode(script: string, input: string): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn("node", ["-e", script], { stdio: ["pipe", "pipe", "pipe"] });
    let text = "";
    const collect = (chunk: Buffer): void => {
      text += chunk.toString("utf8");
    };
    child.stdout.on("data", collect);
    child.stderr.on("data", collect);
    child.on("error", reject);
    child.stdin.end(input);
    child.on("close", (code) => {
      resolve({ code, text });
    });
  });
}

/** What the status says of all replicas. */
export async function listStatuses(url: string): Promise<ReplicaStatus[]> {
  const answer = await ask(`${url}/lb/status`);
  if (typeof answer === "string" || answer.status !== 200) throw new Error(JSON.stringify(answer));
  const { replicas } = JSON.parse(answer.body) as { replicas: ReplicaStatus[] };
  return replicas;
}

/** What the status says of a replica. */
export async function findStatus(url: string, title: string): Promise<ReplicaStatus> {
  const statuses = await listStatuses(url);
  const found = statuses.find(({ replica }) => replica === title);
  if (found === undefined) throw new Error(`The status does not know ${title}: ${JSON.stringify(statuses)}`);
  return found;
}

/** Ids of Nginx's workers. */
export async function workersOf(container: string): Promise<string[]> {
  const lines = await dockerLines("top", container, "-eo", "pid,args");
  return lines.filter((line) => line.includes("worker process")).map((line) => line.trim());
}
