import { Datastore, DatastoreEngine, LoadBalancedService } from "../../../components";
import { asList, asRecord } from "../../../components/arguments/problems";
import { answerWithoutVolume, fakeDocker } from "../../support/fake-docker";
import { record, type Recorded } from "../../support/recorder";
import { reveal } from "../../support/service";

/** A container of the program, as the engine is asked for it. */
export interface Container {
  title: string;
  /** `balancer`, `replica` or `store`. */
  role: string;
  /** Networks that it is on, by their labels. */
  networks: string[];
  /** Names by which others on its networks reach it. */
  aliases: string[];
  /** Port of the host at which it answers; undefined where none is published. */
  port: number | undefined;
  hasData: boolean;
}

/** The containers of a service with an internal pool and a datastore; the test's file must mock the docker command. */
export async function readContainers(): Promise<Container[]> {
  fakeDocker.answer = answerWithoutVolume;
  const passwords = JSON.stringify({ version: 1, current: "current", administrator: "administrator" });
  const { resources } = await record(
    () => {
      const cache = new Datastore("cache", { engine: DatastoreEngine.Redis });
      return new LoadBalancedService("app", {
        pools: {
          api: { image: "example/api:1", port: 3000, replicas: 3, stores: { REDIS_URL: cache.connection } },
          worker: { image: "example/worker:1", port: 5000, replicas: 2, reachableFrom: ["api"] },
        },
        balancer: { port: 8080 },
      });
    },
    { printed: { "cache-passwords": passwords } },
  );
  const isOf = (kind: string) => (resource: Recorded) => resource.type.endsWith(`:${kind}`);
  const networks = new Map(
    resources
      .filter(isOf("Network"))
      .map((network) => [`${network.name}-abc1234`, labelOf(network, "network")]),
  );
  return resources
    .filter(isOf("Container"))
    .map((container) => describe(container, networks))
    .sort((one, other) => (one.title < other.title ? -1 : 1));
}

function describe(container: Recorded, networks: Map<string, string>): Container {
  const joined = asList(reveal(container.inputs.networksAdvanced)).map(asRecord);
  const role = labelOf(container, "role");
  const aliases = joined.flatMap((network) => asList(network?.aliases).map(String));
  const [port] = asList(container.inputs.ports).map((published) => Number(asRecord(published)?.external));
  return {
    title: { balancer: "Nginx", store: labelOf(container, "store") }[role] ?? labelOf(container, "replica"),
    role,
    networks: joined.map((network) => networks.get(String(network?.name)) ?? ""),
    aliases,
    port,
    hasData: role === "store" && asList(container.inputs.volumes).length > 0,
  };
}

function labelOf(resource: Recorded, name: string): string {
  const labels = asList(resource.inputs.labels).map(asRecord);
  const value = labels.find((label) => label?.label === `flotilla.${name}`)?.value;
  return typeof value === "string" ? value : "";
}
