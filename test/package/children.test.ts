import { afterEach, expect, test } from "vitest";
import {
  Datastore,
  DatastoreEngine,
  LoadBalancedService,
  Monitoring,
  Secret,
  Strategy,
} from "../../components";
import { findRows, readPage } from "../docs/support/pages";
import { answerWithoutVolume, fakeDocker, resetDocker } from "../support/fake-docker";
import { record } from "../support/recorder";

afterEach(resetDocker);

const replica = { image: "node:24-slim", port: 3000 };
const mounts = [{ path: "/files", shared: "shared" }];
/** Programs that together have every kind of child. */
const programs: Record<string, (() => unknown)[]> = {
  LoadBalancedService: [
    () =>
      new LoadBalancedService("name", {
        pools: {
          front: { ...replica, mounts },
          pool: { ...replica, reachableFrom: ["front"] },
          jobs: { image: replica.image },
          turns: { ...replica, reachableFrom: ["front"], replicas: 2, strategy: Strategy.Rolling },
        },
        balancer: { tls: {} },
      }),
  ],
  Datastore: [
    { engine: DatastoreEngine.Redis, redis: { servers: 2 }, metrics: true, backup: {} },
    { engine: DatastoreEngine.Postgres, postgres: { pooling: {}, servers: 2 }, metrics: true },
    { engine: DatastoreEngine.Mongodb, mongodb: { servers: 3 } },
    { engine: DatastoreEngine.Kafka, kafka: { servers: 3 } },
  ].map((args) => () => new Datastore("name", args)),
  Monitoring: [() => new Monitoring("name", { sources: [], containers: true, grafana: {} })],
  Secret: [() => new Secret("name")],
};

/** The name of a kind of child, with what varies in angle brackets. */
function generalize(name: string): string {
  return name
    .replace(/^name-/, "<name>-")
    .replace(/-shared-/, "-<shared>-")
    .replace(/^<name>-(?:front|pool|jobs|turns)-/, "<name>-<pool>-")
    .replace(/-\d+/, "-<n>");
}

const [, ...sections] = readPage("docs/transforms.md").text.split(/^### /m);

test.each(Object.entries(programs))("the table of children of %s is what it makes", async (name, ofName) => {
  fakeDocker.answer = answerWithoutVolume;
  const kinds = new Set<string>();
  for (const program of ofName) {
    const { resources } = await record(program, { preview: true });
    for (const child of resources.filter(({ type }) => !type.startsWith("flotilla:")))
      kinds.add(`\`${generalize(child.name)}\` \`${child.type}\``);
  }
  const text = sections.find((section) => section.startsWith(`${name}\n`)) ?? "";
  const rows = findRows({ text }, "name");
  expect(rows.map(([child, type]) => `${child} ${type}`).sort()).toEqual([...kinds].sort());
  expect(rows.filter(([, , purpose]) => purpose === "")).toEqual([]);
});
