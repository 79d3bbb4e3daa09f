import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { connect as connectTls } from "node:tls";
import { brotliDecompressSync } from "node:zlib";
import { startNginx } from "../../../components/service/balancer/start";
import type { LoadBalancedServiceArgs } from "../../../components/types";
import { scripts } from "../../../deploy/bundle";
import type { CanaryTask } from "../../../deploy/canary-settings";
import type { PushTask } from "../../../deploy/tasks";
import { renderFiles } from "../../../nginx/files";
import { renderMember } from "../../../nginx/members";
import { renderNginx } from "../../../nginx/render";
import { toBalancer, toMember } from "../../support/balancers";
import { makeTestCertificate } from "../../support/certificates";
import { type EngineProxy, startEngineProxy } from "../remote/engine-proxy";
import { docker, until } from "../support/engine";
import { keepLedger, ledgerFolder, readLedgerVolume } from "../support/ledger";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";

/** How a push ended. */
export interface Pushed {
  /** Undefined where it was killed. */
  code: number | null;
  text: string;
}

/** A push that is at work. */
export interface Pushing {
  /** Ends it and all that it started, at once. */
  kill(): void;
  ended: Promise<Pushed>;
}

/** What a balancer has, as one thing, and what clients get of it. */
export interface Seen {
  /** Sums of all files that say what Nginx does. */
  files: string;
  version: string;
  /** Status of a path that one of the configurations has. */
  gone: number;
  /** Fingerprint of the certificate. */
  certificate: string;
}

/** A balancer in a volume of few MiB, with replicas, that pushes are run against as Pulumi runs them. */
export interface Stage {
  url: string;
  proxy: EngineProxy;
  balancer: string;
  startReplica(title: string, env: Record<string, string>): Promise<string>;
  /** What a push is told: the replicas of each pool of these arguments, by the names of their containers. */
  makeTask(args: LoadBalancedServiceArgs, replicas: Record<string, string[]>): PushTask;
  /** Pushes by way of the proxy. */
  push(task: PushTask, canaries?: CanaryTask): Pushing;
  see(): Promise<Seen>;
  /** What a shell script in the balancer's container prints. */
  inside(script: string): Promise<string>;
  remove(): Promise<void>;
}

const application = resolve(__dirname, "../../../apps/demo");
const roomKiB = 4096;

/** Starts a balancer that waits for its first configuration. */
export async function startStage(): Promise<Stage> {
  const prefix = `flp-${randomBytes(3).toString("hex")}`;
  const [port, tlsPort] = [await findFreePort(), await findFreePort()];
  const [balancer, keeper] = [`${prefix}-balancer`, `${prefix}-keeper`];
  const containers = [balancer, keeper];
  const proxy = await startEngineProxy();
  const options = ["type=tmpfs", "device=tmpfs", `o=size=${roomKiB}k`].map((each) => `--opt=${each}`);
  await docker("volume", "create", ...options, prefix);
  await docker("network", "create", prefix);
  // Without it, what is in the volume would go when the balancer is restarted.
  const volume = `--volume=${prefix}:/etc/flotilla`;
  await docker("run", "--detach", `--name=${keeper}`, volume, "node:24-slim", "sleep", "infinity");
  await docker(
    ...["run", "--detach", `--name=${balancer}`, `--network=${prefix}`, volume, "--stop-signal=SIGTERM"],
    ...[`--publish=127.0.0.1:${port}:80`, `--publish=127.0.0.1:${tlsPort}:443`],
    ...["--label=flotilla.role=balancer", `--label=flotilla.balancer=${prefix}`],
    ...["--entrypoint=sh", "nginx:1.30.4", "-c", startNginx],
  );
  const url = `http://127.0.0.1:${port}`;
  const ledger = `${prefix}-ledger`;
  keepLedger(port, readLedgerVolume(ledger));
  const inside = (script: string): Promise<string> => docker("exec", balancer, "sh", "-c", script);

  return {
    ...{ url, proxy, balancer, inside },
    startReplica: async (title, env) => {
      const name = `${prefix}-${title}`;
      containers.push(name);
      const variables = Object.entries({ INSTANCE_ID: title, LOG: "false", LEDGER: ledgerFolder, ...env });
      await docker(
        ...["run", "--detach", `--name=${name}`, `--network=${prefix}`, "--init"],
        ...variables.map(([key, value]) => `--env=${key}=${value}`),
        `--volume=${ledger}:${ledgerFolder}`,
        ...[`--volume=${join(application, "server.js")}:/server.js:ro`, "node:24-slim", "node", "/server.js"],
      );
      return name;
    },
    makeTask: (args, replicas) => {
      const model = toBalancer({
        ...args,
        balancer: { ...args.balancer, tls: { port: tlsPort, redirect: false } },
      });
      const { certificate, key } = makeTestCertificate();
      return {
        ...{
          balancer: prefix,
          network: prefix,
          folders: [],
          trouble: "",
          without: [],
        },
        settings: renderNginx(model),
        files: renderFiles(model),
        secretFiles: Object.fromEntries(
          (model.tls?.certificates ?? []).flatMap((files) => [
            [files.certificate, certificate],
            [files.key, key],
          ]),
        ),
        upstreams: model.upstreams.map((upstream) => {
          const names = replicas[upstream.name] ?? [];
          return {
            ...{ name: upstream.name, port: 3000, failSeconds: upstream.failSeconds, probe: upstream.probe },
            idleSeconds: upstream.keepalive.seconds,
            drainSeconds: 5,
            streamSeconds: 5,
            lines: names.map((name) => renderMember(toMember(name), upstream)),
            gates: names.map((replica) => ({ replica, title: replica, startSeconds: 30 })),
          };
        }),
      };
    },
    push: (task, canaries = {}) => startPush(task, canaries, proxy.host),
    see: async () => {
      const list =
        "cd /etc/flotilla/live && find . -type f ! -name generation.conf ! -name replicas ! -name marks ! -name deployed ! -name provisional -exec cksum {} + | sort";
      const [answer, gone] = [await ask(url), await ask(`${url}/gone/`)];
      return {
        files: await inside(list),
        version:
          typeof answer === "string" ? answer : (JSON.parse(answer.body) as { version: string }).version,
        gone: typeof gone === "string" ? 0 : gone.status,
        certificate: await readFingerprint(tlsPort),
      };
    },
    remove: async () => {
      await proxy.stop();
      await docker("rm", "--force", "--volumes", ...containers);
      await docker("network", "rm", prefix);
      await docker("volume", "rm", "--force", prefix, ledger);
    },
  };
}

function startPush(task: PushTask, canaries: CanaryTask, host: string): Pushing {
  const script = brotliDecompressSync(Buffer.from(scripts.push, "base64")).toString("utf8");
  const child = spawn(process.execPath, ["-e", `${script};flotilla.push()`], {
    // A group of its own, so that what it started can be killed with it.
    ...{ detached: true, stdio: ["pipe", "pipe", "pipe"] },
    env: { ...process.env, DOCKER_HOST: host, FLOTILLA_TASK: JSON.stringify(canaries) },
  });
  let text = "";
  const collect = (chunk: Buffer): void => {
    text += chunk.toString("utf8");
  };
  child.stdout.on("data", collect);
  child.stderr.on("data", collect);
  child.stdin.end(JSON.stringify(task));
  return {
    kill: () => {
      if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    },
    ended: new Promise((resolve, reject) => {
      child.on("error", reject);
      child.on("close", (code) => {
        resolve({ code, text });
      });
    }),
  };
}

function readFingerprint(port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connectTls({ host: "127.0.0.1", port, rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.end();
    });
    socket.on("error", reject);
  });
}

/** Has the balancer's patience with a push end now, and waits until it is done with putting back. */
export async function endPatience(stage: Stage): Promise<void> {
  await until("the balancer is done", async () => {
    const script =
      "cd /etc/flotilla; exec 9>lock; flock 9; cd live; [ ! -f provisional ] || { echo 0 >provisional.new; mv provisional.new provisional; echo waits; }";
    return (await stage.inside(script)) === "";
  });
}
