import type * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import type { Engine } from "../../../engine/client";
import { inspectPresent } from "../../../engine/containers";
import { cacheFolder } from "../../../nginx/cache";
import type { Context } from "../../resources/context";
import type { Image } from "../../resources/images";
import { inMemory, type Rights } from "../../resources/rights";
import type { BalancerPlan } from "../plan";
import { listPublished } from "../published-ports";
import type { BalancerSecurity } from "./security";

/**
 * The rights of root that a balancer needs: to give its workers the folders of bodies and answers, and who asks for certificates a folder
 * (CHOWN); to read there what that one alone may read (DAC_OVERRIDE); to end workers, which are another user (KILL); ports below
 * 1024 (NET_BIND_SERVICE); to make workers that user (SETGID, SETUID).
 */
const usual = ["CHOWN", "DAC_OVERRIDE", "KILL", "NET_BIND_SERVICE", "SETGID", "SETUID"];

/** Folders in memory: of what an Nginx says of itself while it runs, which its workers may only read, and of short-lived files. */
const usualWritable = { "/run": "rw,nosuid,nodev,mode=755", "/tmp": inMemory };

/** Rights of a container in which little can be written to. */
export type Limited = Required<Pick<Rights, "capabilities" | "writable">>;

/** The rights of a new balancer. */
export function resolveNewRights({ writable = [], capabilities = [] }: BalancerSecurity = {}): Limited {
  return {
    capabilities: [...new Set([...usual, ...capabilities])].sort(),
    writable: sortByPath({
      ...usualWritable,
      ...Object.fromEntries(writable.map((path) => [path, inMemory])),
    }),
  };
}

function sortByPath(folders: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(folders).sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** The volume of what a balancer keeps of answers and bodies, where nothing else in it can be written to. */
export const keptAnswers = { containerPath: cacheFolder };

/** Volumes of a balancer with these rights. */
export function listVolumes(
  rights: pulumi.Output<Rights | undefined>,
  configuration: docker.Volume,
): pulumi.Output<docker.types.input.ContainerVolume[]> {
  return pulumi
    .all([rights, configuration.name])
    .apply(([known, volumeName]) => [
      { volumeName, containerPath: "/etc/flotilla" },
      ...(known?.writable === undefined ? [] : [keptAnswers]),
    ]);
}

/**
 * The rights of a balancer that shares a front. Beside a front of an earlier version it keeps all, as that one does; where its rights
 * are asked for, it can be written to everywhere: it starts with the settings of before, by which an Nginx writes to folders that
 * only its maker knows.
 */
export function resolveSharedRights(
  ofFront: Limited | undefined,
  security: BalancerSecurity | undefined,
): Rights | undefined {
  const { capabilities, writable } = resolveNewRights(security);
  if (ofFront !== undefined) return { capabilities, writable };
  return security === undefined ? undefined : { capabilities };
}

/** An engine's words of a container, as far as it can be told apart from others by that. */
interface Made {
  image: string;
  drops: string[] | null;
  adds: string[] | null;
  folders: Record<string, string> | null;
  ports: Record<string, { HostIp: string; HostPort: string }[]> | null;
}

const template =
  '{"image":{{json .Image}},"drops":{{json .HostConfig.CapDrop}},"adds":{{json .HostConfig.CapAdd}},"folders":{{json .HostConfig.Tmpfs}},"ports":{{json .HostConfig.PortBindings}}}';

/**
 * The rights of a balancer that others cannot take over from without a cut. One that has been made by a version that took none
 * from it keeps all, as undefined says, until it is made anew for another reason, or until its rights are asked for. A front
 * keeps those that it has.
 */
export function resolveRights(
  context: Context,
  plan: BalancerPlan,
  image: Image,
): pulumi.Output<Limited | undefined> {
  const isFront = plan.balancer.replicas !== undefined;
  const rights = resolveNewRights(plan.balancer.security);
  return pulumi
    .all([context.engine, context.presence, isFront ? "" : image.id])
    .apply(async ([engine, { containers }, id]) => {
      const present = containers.find(
        ({ labels }) =>
          labels.role === "balancer" && labels.balancer === plan.title && labels.number === undefined,
      );
      const made = present === undefined ? undefined : await readMade(engine, present.id);
      if (made === undefined || !hasPorts(made, plan)) return rights;
      const isLimited = made.drops?.includes("ALL") === true;
      if (isFront) return isLimited ? toRights(made) : undefined;
      return isLimited || made.image !== id || plan.balancer.security !== undefined ? rights : undefined;
    });
}

async function readMade(engine: Engine, container: string): Promise<Made | undefined> {
  return (await inspectPresent<Made>(engine, template, [container]))[0];
}

function hasPorts({ ports }: Made, plan: BalancerPlan): boolean {
  const { address } = plan.balancer;
  const known = Object.entries(ports ?? {}).flatMap(([inside, bindings]) =>
    bindings.map(({ HostIp, HostPort }) => `${HostIp || "0.0.0.0"}:${HostPort}:${inside}`),
  );
  const wanted = listPublished(plan).map(
    ({ external, internal }) => `${address}:${external}:${internal}/tcp`,
  );
  return known.sort().join() === wanted.sort().join();
}

function toRights({ adds, folders }: Made): Limited {
  return {
    capabilities: (adds ?? []).map((name) => name.replace(/^CAP_/, "")).sort(),
    writable: sortByPath(folders ?? {}),
  };
}
