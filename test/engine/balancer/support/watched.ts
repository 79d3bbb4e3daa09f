import { randomBytes } from "node:crypto";
import { join, resolve } from "node:path";
import { startNginx } from "../../../../components/internal/balancer-start";
import {
  changeConfiguration,
  writeMembers,
  writeSettings,
} from "../../../../components/internal/scripts/balancer";
import { renderMember } from "../../../../nginx/members";
import type { Balancer, Member } from "../../../../nginx/model";
import { watchFiles } from "../../../../nginx/watch";
import { docker, dockerLines, until } from "../../support/engine";
import { renderSettings } from "./settings";

/** A balancer in a container, with replicas of the demo application behind it. */
export interface WatchedBalancer {
  /** Name of the balancer's container. */
  container: string;
  network: string;
  /** Where it answers, and where it answers TLS-less on the host. */
  url: string;
  /** Starts a replica; it is not behind the balancer before `push`. */
  startReplica(title: string, options?: ReplicaOptions): Promise<string>;
  /** Gives the balancer a configuration with these replicas, by upstream. */
  push(balancer: Balancer, members: Record<string, Partial<Member>[]>): Promise<void>;
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
export async function startWatched(port: number, image = "nginx:1.30.4"): Promise<WatchedBalancer> {
  const prefix = `flw-${randomBytes(3).toString("hex")}`;
  const container = `${prefix}-balancer`;
  const started = [container];
  await docker("network", "create", prefix);
  await docker("volume", "create", prefix);
  await docker(
    ...["run", "--detach", `--name=${container}`, `--network=${prefix}`],
    ...[`--volume=${prefix}:/etc/flotilla`, `--publish=127.0.0.1:${port}:80`, "--stop-signal=SIGTERM"],
    ...["--entrypoint=sh", image, "-c", startNginx],
  );
  const inside = (script: string): Promise<string> => docker("exec", container, "sh", "-c", script);
  return {
    container,
    network: prefix,
    url: `http://127.0.0.1:${port}`,
    inside,
    startReplica: async (title, { env = {}, args = [] } = {}) => {
      const name = `${prefix}-${title}-${randomBytes(2).toString("hex")}`;
      started.push(name);
      const variables = { INSTANCE_ID: title, LOG: "false", ...env };
      await docker(
        ...["run", "--detach", `--name=${name}`, `--network=${prefix}`, "--init"],
        ...Object.entries(variables).map(([key, value]) => `--env=${key}=${value}`),
        ...[`--volume=${join(application, "server.js")}:/server.js:ro`, ...args],
        ...["node:24-slim", "node", "/server.js"],
      );
      return name;
    },
    push: async (balancer, members) => {
      await changeConfiguration(
        container,
        [
          writeSettings(renderSettings(balancer), watchFiles(balancer)),
          ...balancer.upstreams.map((upstream) =>
            writeMembers(
              upstream.name,
              (members[upstream.name] ?? []).map((member) =>
                renderMember({ ...defaultMember, ...member }, upstream),
              ),
            ),
          ),
        ].join("\n"),
      );
      await until("Nginx answers", async () => (await inside("cat /run/nginx.pid || true")) !== "");
    },
    remove: async () => {
      await docker("rm", "--force", "--volumes", ...started);
      await docker("network", "rm", prefix);
      await docker("volume", "rm", prefix);
    },
  };
}

const defaultMember: Member = {
  name: "",
  port: 3000,
  title: "",
  weight: 1,
  maxConnections: 0,
  backup: false,
};

/** Ids of Nginx's workers. */
export async function workersOf(container: string): Promise<string[]> {
  const lines = await dockerLines("top", container, "-eo", "pid,args");
  return lines.filter((line) => line.includes("worker process")).map((line) => line.trim());
}
