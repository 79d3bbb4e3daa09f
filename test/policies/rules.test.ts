import { readFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { Datastore, type DatastoreArgs, Monitoring } from "../../components";
import { checkReplicas, type Checked, rules } from "../../policies/rules";
import { answerWithoutVolume, fakeDocker, resetDocker } from "../support/fake-docker";
import { type Recorded, record } from "../support/recorder";
import { isSecret, recordService, reveal } from "../support/service";
import { readYaml } from "../support/stack-settings";

afterEach(resetDocker);

/** A container that every rule is content with. */
const good = {
  image: `sha256:${"a".repeat(64)}`,
  memory: 256,
  envs: ["LOG=false", "PASSWORD_FILE=/run/secrets/password"],
  healthcheck: { tests: ["CMD-SHELL", "true"] },
  networkMode: "bridge",
  capabilities: { drops: ["ALL"], adds: ["CAP_CHOWN"] },
  securityOpts: ["no-new-privileges"],
  labels: [
    { label: "flotilla.role", value: "replica" },
    { label: "flotilla.stack", value: "shop/prod" },
  ],
};

function container(props: Record<string, unknown> = {}, hasSecretEnvironment = false): Checked {
  return {
    type: "docker:index/container:Container",
    name: "shop-api-1",
    props: { ...good, ...props },
    hasSecretEnvironment,
  };
}

function image(reference: string): Checked {
  return {
    type: "command:local:Command",
    name: "shop-api-image",
    props: { triggers: [reference, "sha256:…"] },
    hasSecretEnvironment: false,
  };
}

/** What is found, by the name of the rule. */
function findProblems(resource: Checked): [string, string][] {
  return rules.flatMap(({ name, check }) =>
    check(resource).map((problem): [string, string] => [name, problem]),
  );
}

function role(value: string): { labels: unknown[] } {
  return { labels: [{ label: "flotilla.role", value }] };
}

const ports = [{ internal: 3000, external: 8080 }];

describe("the rules", () => {
  test.each<[string, Checked]>([
    ["a replica", container()],
    ["a balancer that publishes", container({ ports, ...role("balancer") })],
    [
      "monitoring on the own machine",
      container({ ports: [{ ...ports[0], ip: "127.0.0.1" }], ...role("monitoring") }),
    ],
    [
      "the host's exporter",
      container({
        volumes: [{ hostPath: "/", containerPath: "/host", readOnly: true }],
        tmpfs: { "/host/run": "ro" },
        ...role("monitoring"),
      }),
    ],
    ["a folder of the host", container({ volumes: [{ hostPath: "/srv/app", containerPath: "/x" }] })],
    ["a secret that is encrypted", container({ envs: ["JWT_SECRET=hunter2"] }, true)],
    ["an address without a password", container({ envs: ["URL=http://worker:3000/"] })],
    ["a tag with a version", image("node:24-slim")],
    ["a tag behind a registry's port", image("registry.example.com:5000/shop/api:1.4.2")],
    ["a digest", image(`node@sha256:${"a".repeat(64)}`)],
    ["what a preview does not know yet", container({ image: undefined, envs: undefined })],
    [
      "a resource of another kind",
      { ...container({ privileged: true }), type: "docker:index/volume:Volume" },
    ],
  ])("are content with %s", (_, resource) => {
    expect(findProblems(resource)).toEqual([]);
  });

  test.each<[string, string, Checked, RegExp]>([
    ["published-ports", "a replica that publishes", container({ ports }), /Port 3000 is published as 8080/],
    ["published-ports", "all ports", container({ publishAllPorts: true }), /All ports/],
    [
      "published-ports",
      "monitoring for everybody",
      container({ ports: [{ ...ports[0], ip: "0.0.0.0" }], ...role("monitoring") }),
      /Port 3000/,
    ],
    ["limits", "no memory limit", container({ memory: undefined }), /limits\.memoryMiB/],
    ["limits", "a limit of nothing", container({ memory: 0 }), /limits\.memoryMiB/],
    ["pinned-images", "latest", image("node:latest"), /node:latest may be another one/],
    ["pinned-images", "no tag", image("registry.example.com:5000/node"), /may be another one/],
    ["pinned-images", "another's container", container({ image: "nginx" }), /nginx may be another one/],
    ["plain-secrets", "a plain secret", container({ envs: ["JWT_SECRET=hunter2"] }), /JWT_SECRET looks like/],
    ["plain-secrets", "a plain key", container({ envs: ["STRIPE_API_KEY=abc"] }), /STRIPE_API_KEY/],
    [
      "plain-secrets",
      "an address with password",
      container({ envs: ["DB=postgres://a:b@c/d"] }),
      /variable DB/,
    ],
    ["privileges", "privileged", container({ privileged: true }), /privileged/],
    ["privileges", "the host's network", container({ networkMode: "host" }), /networkMode is host/],
    ["privileges", "the host's processes", container({ pidMode: "host" }), /pidMode is host/],
    [
      "engine-socket",
      "the engine's socket",
      container({ volumes: [{ hostPath: "/var/run/docker.sock", containerPath: "/x" }] }),
      /docker\.sock is mounted/,
    ],
    [
      "engine-socket",
      "the engine's socket as a mount",
      container({ mounts: [{ type: "bind", source: "/run/docker.sock", target: "/x" }] }),
      /docker\.sock is mounted/,
    ],
    ["health-checks", "no health check", container({ healthcheck: undefined }), /no health check/],
    [
      "engine-socket",
      "the host's root",
      container({ volumes: [{ hostPath: "/", containerPath: "/host", readOnly: true }] }),
      /^\/ is mounted/,
    ],
    [
      "engine-socket",
      "the folder of the socket",
      container({ volumes: [{ hostPath: "/var/run", containerPath: "/x" }] }),
      /^\/var\/run is mounted/,
    ],
    ["capabilities", "what Docker gives by itself", container({ capabilities: undefined }), /NET_RAW/],
    ["capabilities", "one dropped", container({ capabilities: { drops: ["CAP_MKNOD"] } }), /NET_RAW/],
    [
      "capabilities",
      "one too many",
      container({ capabilities: { drops: ["ALL"], adds: ["CAP_SYS_ADMIN"] } }),
      /CAP_SYS_ADMIN makes/,
    ],
    ["new-privileges", "nothing said", container({ securityOpts: undefined }), /setuid/],
    [
      "new-privileges",
      "a filter switched off",
      container({ securityOpts: ["no-new-privileges", "seccomp=unconfined"] }),
      /seccomp=unconfined takes away/,
    ],
    [
      "health-checks",
      "a health check of none",
      container({ healthcheck: { tests: ["NONE"] } }),
      /no health check/,
    ],
  ])("%s finds %s", (rule, _, resource, message) => {
    const problems = findProblems(resource);
    expect(problems.map(([name]) => name)).toEqual([rule]);
    expect(problems[0]?.[1]).toMatch(message);
    expect(problems[0]?.[1]).not.toMatch(/hunter2|abc|a:b/);
  });

  test("a pool in production has two replicas or more", () => {
    const replica = (stack: string, pool: string) =>
      container({
        labels: Object.entries({ role: "replica", stack, service: "shop", pool }).map(([label, value]) => ({
          label: `flotilla.${label}`,
          value,
        })),
      });
    expect(checkReplicas([replica("shop/prod", "api"), replica("shop/prod", "api")])).toEqual([]);
    expect(checkReplicas([replica("shop/dev", "api")])).toEqual([]);
    expect(
      checkReplicas([
        replica("shop/eu-prod", "api"),
        replica("shop/eu-prod", "web"),
        replica("shop/eu-prod", "web"),
      ]),
    ).toEqual([expect.stringContaining("The pool shop/api has 1 replica")]);
  });
});

test("what a service is made of breaks no rule", async () => {
  const limits = { memoryMiB: 64 };
  const pool = { image: "node:24-slim", port: 3000, replicas: 2, limits, secrets: { JWT_SECRET: "hunter2" } };
  const args = { pools: { api: pool, worker: { ...pool, reachableFrom: ["api"] } }, balancer: { limits } };
  const { resources } = await recordService(args, { preview: true });
  const problems = resources.map(check).flatMap(findProblems);
  expect(problems).toEqual([]);
  expect(resources.filter(({ type }) => type.endsWith(":Container")).length).toBe(6);
});

test.each(["dev", "prod"])(
  "what the datastore and the monitoring of %s are made of breaks none",
  async (stack) => {
    fakeDocker.answer = answerWithoutVolume;
    const { config } = readYaml(
      readFileSync(join(__dirname, `../../Pulumi.${stack}.yaml`), "utf8"),
    ) as StackFile;
    const [[name, store] = ["", {}]] = Object.entries(config["flotilla:datastores"]);
    const { resources } = await record(
      () => [
        new Datastore(name, store as DatastoreArgs),
        new Monitoring("monitoring", {
          ...{ containers: true, grafana: {} },
          ...config["flotilla:monitoring"],
          sources: [],
        }),
      ],
      { preview: true },
    );
    expect(resources.map(check).flatMap(findProblems)).toEqual([]);
    expect(resources.filter(({ type }) => type.endsWith(":Container")).length).toBeGreaterThan(4);
  },
);

interface StackFile {
  config: { "flotilla:datastores": Record<string, unknown>; "flotilla:monitoring": object };
}

function check({ type, name, inputs }: Recorded): Checked {
  const props = Object.fromEntries(Object.entries(inputs).map(([key, value]) => [key, reveal(value)]));
  return { type, name, props, hasSecretEnvironment: isSecret(inputs.envs) };
}
