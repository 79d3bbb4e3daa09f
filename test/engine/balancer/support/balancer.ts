import { connect } from "../../../../engine/client";
import { startLimited } from "../../../../components/service/balancer/start";
import { keptAnswers, resolveNewRights } from "../../../../components/service/balancer/rights";
import { resolveMember } from "../../../../components/service/options/balancing/upstream";
import { type PlannedPool, planBalancers } from "../../../../components/service/plan";
import { findAddresses } from "../../../../deploy/addresses";
import { changeConfiguration, renderMembers, renderSettings } from "../../../../deploy/balancer";
import { probe } from "../../../../deploy/probe";
import { renderRights } from "../../../../deploy/settings";
import type { LoadBalancedServiceArgs } from "../../../../components/types";
import { renderFiles } from "../../../../nginx/files";
import { renderMember } from "../../../../nginx/members";
import { renderNginx } from "../../../../nginx/render";
import { toBalancer } from "../../../support/balancers";
import { parseService } from "../../../support/service";
import { docker, dockerLines } from "../../support/engine";
import { findFreePort } from "../../support/ports";
import { type Client, createClient } from "./client";
import { type Replica, startReplica } from "./replica";

/** What a balancer is started with; pools of the same containers differ in their settings and in the port. */
export interface BalancerOptions {
  args: LoadBalancedServiceArgs;
  /** Defaults to the one that Flotilla is made for. */
  image?: string;
}

/** A real Nginx with replicas behind it. */
export interface RunningBalancer extends Client {
  container: string;
  network: string;
  port: number;
  replicas: Replica[];
  /** The replica that calls itself so. */
  replica(instance: string): Replica;
  /** Gives it another configuration. */
  reload(args: LoadBalancedServiceArgs): Promise<void>;
  /** Replaces a replica's container by another. */
  replace(instance: string): Promise<void>;
  /** Has every replica forget what it saw. */
  reset(): Promise<void>;
  /** Sum over the replicas of the requests with a method and path. */
  countAtReplicas(key: string): Promise<number>;
  /** Lines of the access log since the start. */
  accessLog(): Promise<string[]>;
  /** Removes the containers and the network. */
  stop(): Promise<void>;
}

let started = 0;

/** Starts a balancer with as many replicas as its largest pool has. */
export async function startBalancer({
  args,
  image = "nginx:1.30.4",
}: BalancerOptions): Promise<RunningBalancer> {
  const name = `flr-${process.pid}-${(started += 1)}`;
  const container = `${name}-balancer`;
  const port = await findFreePort();
  const count = Math.max(...Object.values(args.pools).map(({ replicas = 1 }) => replicas));
  const numbers = Array.from({ length: count }, (_, index) => String(index + 1));
  const stop = async () => {
    const left = await dockerLines("ps", "--all", "--quiet", `--filter=name=^${name}-`);
    if (left.length > 0) await docker("rm", "--force", "--volumes", ...left);
    await docker("network", "rm", name);
  };
  await docker("network", "create", name);
  try {
    const [replicas] = await Promise.all([
      Promise.all(numbers.map((number) => startReplica(`${name}-${number}-a`, name, number))),
      docker(
        ...["run", "--detach", `--name=${container}`, `--network=${name}`, "--entrypoint=sh"],
        ...renderRights({ ...resolveNewRights(), volumes: [keptAnswers.containerPath, "/etc/flotilla"] }),
        ...[`--publish=127.0.0.1:${port}:80`, image, "-c", startLimited],
      ),
    ]);
    const balancer = attach({ name, container, port, replicas, args, stop });
    await balancer.reload(args);
    return balancer;
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Parts {
  name: string;
  container: string;
  port: number;
  replicas: Replica[];
  args: LoadBalancedServiceArgs;
  stop: () => Promise<void>;
}

function attach({ name, container, port, replicas, args, stop }: Parts): RunningBalancer {
  const client = createClient(port);
  let current = args;
  let replaced = 0;

  const find = (instance: string): Replica => {
    const found = replicas.find((replica) => replica.instance === instance);
    if (found === undefined) throw new Error(`There is no replica ${instance}.`);
    return found;
  };
  const reset = async () => {
    await Promise.all(replicas.map((replica) => replica.order("reset")));
  };
  const reload = async (next: LoadBalancedServiceArgs) => {
    current = next;
    await changeConfiguration(connect(), container, renderEdits(next, replicas), { from: "nothing" });
    const containers = replicas.map((replica) => replica.container);
    const place = { balancer: container, addresses: await findAddresses(connect(), name, containers) };
    for (const { name: pool, probe: asked, port: poolPort, replicas: count, balancing } of listPools(next)) {
      const expected = replicas
        .slice(0, count - balancing.spares)
        .map((replica) => ({ replica: replica.container, title: `${pool}-${replica.instance}` }));
      const upstream = { name: pool, port: poolPort, failSeconds: 10, idleSeconds: 1.5, probe: asked };
      await probe(connect(), place, upstream, expected);
    }
    client.forget();
    await reset();
  };
  return {
    ...client,
    ...{ container, network: name, port, replicas, replica: find, reload, reset, stop },
    replace: async (instance) => {
      const index = replicas.indexOf(find(instance));
      const { container: old } = find(instance);
      replicas[index] = await startReplica(`${name}-${instance}-new-${(replaced += 1)}`, name, instance);
      await reload(current);
      await docker("rm", "--force", old);
    },
    countAtReplicas: async (key) => {
      const all = await Promise.all(replicas.map((replica) => replica.seen()));
      return all.reduce((sum, { requests }) => sum + (requests[key] ?? 0), 0);
    },
    accessLog: () => dockerLines("logs", container),
  };
}

function listPools(args: LoadBalancedServiceArgs): PlannedPool[] {
  return planBalancers(parseService(args)).flatMap(({ pools }) => pools);
}

function renderEdits(args: LoadBalancedServiceArgs, replicas: Replica[]): string {
  const balancer = toBalancer(args);
  const members = balancer.upstreams.map((upstream) => {
    const pool = listPools(args).find(({ name }) => name === upstream.name);
    if (pool === undefined) throw new Error(`There is no pool ${upstream.name}.`);
    const lines = replicas.slice(0, pool.replicas).map(({ container }, index) => ({
      name: container,
      ...resolveMember(pool, index + 1),
    }));
    return renderMembers(
      upstream.name,
      lines.map((line) => renderMember(line, upstream)),
    );
  });
  return [renderSettings(renderNginx(balancer), renderFiles(balancer)), ...members].join("\n");
}
