import { LoadBalancedService } from "./components";
import { loadConfig } from "./config";
import { createEngine, findStopped } from "./configuration/engine";
import { addGeneratedSecrets } from "./configuration/generated-secrets";
import { describeNext } from "./configuration/next-steps";
import { readPreviousOutputs } from "./configuration/previous-outputs";

async function deploy(): Promise<Record<string, unknown>> {
  const previous = await readPreviousOutputs(["replicas", "started"]);
  const { service, replicas, generatedSecrets } = loadConfig(previous.replicas);
  const engine = createEngine(service.registry);
  const started = await findStopped(previous.started, engine.host);
  const app = new LoadBalancedService(
    "app",
    { ...addGeneratedSecrets(service, generatedSecrets), startStopped: started },
    { provider: engine.provider },
  );
  return {
    url: app.url,
    replicas,
    containers: app.containers,
    started,
    next: describeNext(app.url, service.balancer),
  };
}

export = deploy;
