import * as docker from "@pulumi/docker";
import * as pulumi from "@pulumi/pulumi";
import { labelName } from "../../../engine/labels";
import type { Context } from "../../resources/context";
import { labels } from "../../resources/presence";
import { renderHealthCheck } from "../options/health-check/render";
import { resolveRights } from "../options/security";
import { renderVariables } from "../options/variables";
import type { PlannedPool, PlannedWorkers } from "../plan";
import { isRolling, type Place, type PoolParts, replicaLabels } from "../replica";
import { toBase64 } from "./base64";
import type { EngineSettings } from "./schema";
import { placeImage, placeLogs, placeResources, restarts, shorten } from "./swarm-parts";

/** Files of a pool's replicas, as the swarm brings them to its nodes. */
export interface SwarmFiles {
  configs: docker.types.input.ServiceTaskSpecContainerSpecConfig[];
  secrets: docker.types.input.ServiceTaskSpecContainerSpecSecret[];
}

/** Whoever has a user of its own can read them, as where an engine puts them into a container. */
const readable = 0o444;

/** Makes the files of a pool's replicas. */
export function createFiles(
  context: Context,
  { name: pool, files, secretFiles }: PlannedPool | PlannedWorkers,
): SwarmFiles {
  const options = { parent: context.parent };
  const nameFile = (kind: string, path: string): string =>
    `${context.name}-${pool}-${kind}${path.replaceAll(/[^A-Za-z0-9]+/g, "-")}`;
  return {
    configs: Object.entries(files).map(([path, content]) => {
      const data = pulumi.output(content).apply(toBase64);
      const { id, name } = new docker.ServiceConfig(nameFile("file", path), { data }, options);
      return { configId: id, configName: name, fileName: path, fileMode: readable };
    }),
    secrets: Object.entries(secretFiles).map(([path, content]) => {
      const data = pulumi.secret(content).apply(toBase64);
      const { id, name } = new docker.Secret(nameFile("secret", path), { data }, options);
      return { secretId: id, secretName: name, fileName: path, fileMode: readable };
    }),
  };
}

/** Makes a replica: a service of one task, which the swarm itself never updates. */
export function createReplica(
  context: Context,
  settings: EngineSettings,
  pool: PlannedPool | PlannedWorkers,
  parts: PoolParts & { files: SwarmFiles },
  { number, child, previous }: Place,
): docker.Service {
  const own = replicaLabels(pool, number);
  const known = labels(context, "container", own).apply((all) => [
    ...all,
    { label: labelName("strategy"), value: pool.strategy },
  ]);
  const { capabilities } = resolveRights(pool);
  const { configs, secrets } = parts.files;
  return new docker.Service(
    `${context.name}-${child}`,
    {
      mode: { replicated: { replicas: 1 } },
      // Whoever asks for its name gets the address of the task, once it is healthy.
      endpointSpec: { mode: "dnsrr" },
      labels: known,
      taskSpec: {
        containerSpec: {
          image: placeImage(settings, parts.image),
          ...(pool.command === undefined ? {} : { args: pool.command }),
          ...(pool.user === undefined ? {} : { user: pool.user }),
          env: pulumi.all(renderVariables(pool, own.replica)).apply(toRecord),
          labels: known,
          init: true,
          capDrops: ["ALL"],
          ...(capabilities.length === 0 ? {} : { capAdds: capabilities.map((name) => `CAP_${name}`) }),
          ...(configs.length === 0 ? {} : { configs }),
          ...(secrets.length === 0 ? {} : { secrets }),
          ...healthOf(pool),
        },
        networksAdvanceds: [parts.network, ...parts.further].map(({ id }) => ({ id })),
        ...placeResources(pool),
        ...placeLogs(pool.logs),
        ...restarts,
        ...(settings.replicas.length === 0 ? {} : { placement: { constraints: settings.replicas } }),
      },
    },
    {
      parent: context.parent,
      deleteBeforeReplace: isRolling(pool),
      dependsOn: [...parts.after, parts.image.command, ...previous],
      // Changed where it is, it would be replaced by the swarm, which cuts what is under way.
      replaceOnChanges: ["taskSpec", "endpointSpec", "labels"],
    },
  );
}

function healthOf({
  health,
  port,
}: PlannedPool | PlannedWorkers): Pick<docker.types.input.ServiceTaskSpecContainerSpec, "healthcheck"> {
  const check = renderHealthCheck(health, port);
  if (check === undefined) return {};
  const { tests, interval, timeout, retries, startPeriod } = check;
  const durations = [interval, timeout, startPeriod].map((each) =>
    pulumi.output(each).apply((text = "0s") => shorten(text)),
  );
  const [every, longest, start] = durations;
  return { healthcheck: { tests, interval: every, timeout: longest, retries, startPeriod: start } };
}

function toRecord(variables: string[]): Record<string, string> {
  return Object.fromEntries(
    variables.map((variable) => {
      const at = variable.indexOf("=");
      return [variable.slice(0, at), variable.slice(at + 1)];
    }),
  );
}
