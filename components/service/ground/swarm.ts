import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { swarmVariable } from "../../../deploy/on-fleet";
import type { SwarmSettings } from "../../../deploy/swarm/swarm-fleet";
import { createSecret, toLaterJson } from "../../resources/commands";
import type { Context } from "../../resources/context";
import { nameStack } from "../../resources/own-names";
import { labels } from "../../resources/presence";
import type { Ground } from "./ground";
import type { EngineSettings } from "./schema";
import { toBase64 } from "./base64";
import { type ControlPlace, createBalancer, createKeeper } from "./swarm-balancer";
import { createFiles, createReplica, type SwarmFiles } from "./swarm-replica";

/** A swarm: what runs are services of one task, and a balancer on each node. */
export function createSwarm(settings: EngineSettings): Ground {
  const files = new Map<string, SwarmFiles>();
  let control: ControlPlace | undefined;
  const requireControl = (): ControlPlace => {
    if (control === undefined) throw new Error("There is no way to the balancers yet.");
    return control;
  };
  return {
    hasNodes: true,
    createNetwork: (context, name) => createOverlay(context, name, {}),
    createReplica(context, pool, parts, place) {
      const known = files.get(pool.name) ?? createFiles(context, pool);
      files.set(pool.name, known);
      return createReplica(context, settings, pool, { ...parts, files: known }, place);
    },
    reachBalancers(context, image) {
      const own = { stack: nameStack(), service: context.name };
      if (image === undefined) return withVariables(context, { ...own, network: "", image: "", secret: "" });
      const made = createSecret(`${context.name}-line`, {
        script: "line",
        create: "makeLine",
        parent: context.parent,
      });
      control = {
        // What runs on the manager's own engine joins it for the time of an update.
        network: createOverlay(context, "control", { attachable: true }),
        secret: new docker.Secret(
          `${context.name}-line-secret`,
          { data: made.apply(toBase64) },
          { parent: context.parent },
        ),
      };
      return withVariables(context, {
        ...own,
        network: control.network.name,
        image: image.id,
        secret: made,
      });
    },
    houseBalancer: (context, plan, parts) => ({
      unit: createBalancer(context, settings, requireControl(), plan, parts),
      sharing: [],
    }),
    keepSettings(context, plan, parts, pushed) {
      createKeeper(context, settings, requireControl(), plan, parts, pushed);
    },
  };
}

function withVariables(context: Context, values: Record<keyof SwarmSettings, pulumi.Input<string>>): Context {
  return { ...context, variables: { [swarmVariable]: toLaterJson<SwarmSettings>(values) } };
}

function createOverlay(context: Context, name: string, further: Partial<docker.NetworkArgs>): docker.Network {
  return new docker.Network(
    `${context.name}-${name}-network`,
    { driver: "overlay", ...further, labels: labels(context, "network", { network: name }) },
    { parent: context.parent },
  );
}
