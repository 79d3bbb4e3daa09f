import "./stack/unused-parts";
import * as pulumi from "@pulumi/pulumi";
import { LoadBalancedService } from "./components";
import { loadConfig, serviceName } from "./config";
import { silenceDebugMessages } from "./stack/debug-messages";
import { createEngine } from "./stack/engine";
import { addGeneratedSecrets } from "./stack/generated-secrets";
import { exportKept, keptOutputs } from "./stack/kept-outputs";
import { refuseLocked } from "./stack/lock";
import { createMonitoring, showAlerts } from "./stack/monitoring";
import { warnOfLeftovers } from "./stack/leftover-volumes";
import { describeNext } from "./stack/next-steps";
import { chooseServers } from "./stack/obtainable-servers";
import { readPreviousOutputs } from "./stack/previous-outputs";
import { cleanStackFiles } from "./stack/stack-files";
import { connectStores, exportStores } from "./stack/stores";
import { requireManager } from "./stack/swarm";
import { cleanVariable } from "./stack/variables";

async function deploy(): Promise<Record<string, unknown>> {
  silenceDebugMessages();
  // Pulumi has written into the stacks' files before it runs the program.
  if (process.env[cleanVariable]) cleanStackFiles(pulumi.getRootDirectory());
  const previous = await readPreviousOutputs([...keptOutputs]);
  const { service, generatedSecrets, datastores, storeUsers, ...config } = loadConfig(previous);
  const engine = createEngine(service.registry);
  await refuseLocked(engine.host);
  await requireManager(service, engine.host);
  const generated = generatedSecrets.map(({ name }) => name);
  await warnOfLeftovers({ datastores, generated, isNewState: previous.replicas === undefined }, engine.host);
  const monitoring = config.monitoring && (await chooseServers(config.monitoring, engine, service.registry));
  const options = { provider: engine.provider };
  const connected = connectStores(
    addGeneratedSecrets(service, generatedSecrets),
    datastores,
    storeUsers,
    options,
  );
  const app = new LoadBalancedService(serviceName, showAlerts(connected.service, monitoring), options);
  return {
    url: app.url,
    ...exportKept(config, app, previous.releases),
    containers: app.containers,
    targets: app.targets,
    ...(Object.keys(datastores).length === 0 ? {} : { stores: exportStores(connected.stores) }),
    ...(monitoring === undefined
      ? {}
      : {
          monitoring: createMonitoring(
            monitoring,
            app,
            Object.values(connected.stores),
            service.registry,
            options,
          ),
        }),
    next: describeNext(app.url, service.balancer),
  };
}

export = deploy;
