import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliDecompressSync } from "node:zlib";
import { beforeEach, describe, expect, test } from "vitest";
import { type DatastoreArgs, DatastoreEngine } from "../../components";
import { askReady, renderReadyRequest } from "../../components/monitoring/servers";
import { scripts } from "../../deploy/bundle";
import { passBuildArg } from "../../deploy/image";
import { derivePassword, type StoreRecipe } from "../../components/datastore/recipe";
import { makeFolder } from "../support/folders";
import { recipeOf } from "../support/stores";

let folder: string;

beforeEach(() => {
  folder = makeFolder();
});

const records = () => join(folder, "records");

/** Puts programs in front of all others, which note the arguments that everybody can read, and then do something. */
function fake(programs: Record<string, string>): void {
  writeFileSync(records(), "");
  for (const [name, script] of Object.entries(programs))
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>"${records()}"\n${script}\n`, {
      mode: 0o755,
    });
}

interface Ended {
  code: number;
  noted: string;
}

/** Runs a program with the fakes; gives its exit code, and the arguments that were to be read meanwhile. */
function run(command: string, args: string[], input: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
  return new Promise((resolve) => {
    const environment = { ...process.env, PATH: `${folder}:${process.env.PATH ?? ""}`, ...env };
    const child = execFile(command, args, { env: environment, timeout: 10_000 }, (error) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : 1;
      resolve({ code, noted: readFileSync(records(), "utf8") });
    });
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

test("a build gets its arguments by the environment", async () => {
  fake({ docker: `case "$1" in build) printf %s "$TOKEN" >"${join(folder, "token")}" ;; *) exit 1 ;; esac` });
  const build = { context: "app", dockerfile: "Dockerfile", args: { TOKEN: "hunter2", EMPTY: "" } };
  const script = brotliDecompressSync(Buffer.from(scripts.image, "base64")).toString("utf8");
  const task = { reference: "app:1", build, group: "app", keep: 5 };
  const { noted } = await run("node", ["-"], `${script};flotilla.provideImage()`, {
    FLOTILLA_TASK: JSON.stringify(task),
  });
  expect(noted).toMatch(/^docker build .*--build-arg=TOKEN --build-arg=EMPTY app$/m);
  expect(noted).not.toContain("hunter2");
  expect(readFileSync(join(folder, "token"), "utf8")).toBe("hunter2");
});

test.each([
  ["PATH", "", "PATH=x"],
  ["DOCKER_HOST", "", "DOCKER_HOST=x"],
  ["HTTPS_PROXY", "tcp://engine:2376", "HTTPS_PROXY=x"],
  ["HTTPS_PROXY", "", "HTTPS_PROXY"],
  ["NPM_TOKEN", "tcp://engine:2376", "NPM_TOKEN"],
])("the argument %s of a build at %j does not change where the client goes", (name, host, option) => {
  const passed = passBuildArg(name, "x", host);
  expect(passed).toEqual({ option, variables: option === name ? { [name]: "x" } : {} });
});

describe("the health check of the monitoring", () => {
  const request = renderReadyRequest("hunter2");
  const login = Buffer.from("admin:hunter2").toString("base64");

  test.each([
    ["200 OK", 0],
    ["503 Service Unavailable", 1],
    ["401 Unauthorized", 1],
  ])("has its password in what it sends alone, and heeds the answer %s", async (status, expected) => {
    fake({ nc: `cat >"${join(folder, "sent")}"\nprintf 'HTTP/1.0 ${status}\\r\\nX: y\\r\\n\\r\\nbody'` });
    writeFileSync(join(folder, "request"), request);
    const { code, noted } = await run("sh", ["-c", askReady(9090, join(folder, "request"))], "");
    expect(code).toBe(expected);
    expect(noted).toBe("nc 127.0.0.1 9090\n");
    expect(readFileSync(join(folder, "sent"), "utf8")).toBe(
      `GET /-/ready HTTP/1.0\r\nAuthorization: Basic ${login}\r\n\r\n`,
    );
  });
});

const secrets = {
  version: 2,
  current: "hunter2-hunter2-hunter2",
  previous: "swordfish-swordfish",
  administrator: "trustno1-trustno1-trustno1",
};
const users = ["backup", "monitoring", "replica", "sentinel", "flotilla_replica", "flotilla_pooler"];
const passwords = [
  ...[secrets.current, secrets.previous, secrets.administrator],
  ...users.map((user) => derivePassword(secrets, user)),
];
const common = { metrics: true, backup: {} };
const stores: DatastoreArgs[] = [
  { ...common, engine: DatastoreEngine.Redis, redis: { servers: 2 } },
  { ...common, engine: DatastoreEngine.Postgres, postgres: { pooling: {}, servers: 2 } },
  { ...common, engine: DatastoreEngine.Mongodb, mongodb: { servers: 3 } },
  { ...common, engine: DatastoreEngine.Kafka, kafka: { servers: 3, topics: { orders: {} } } },
];

const shown = (text: string): string[] => passwords.filter((password) => text.includes(password));

describe.each(stores)("a datastore of $engine", (args) => {
  const recipe: StoreRecipe = recipeOf("main", args);
  const { servers, companions = [], exporters } = recipe;

  test("has no password in what its containers are started with", () => {
    for (const { entrypoint, command, env, health } of [...servers, ...companions, ...exporters])
      expect(shown(JSON.stringify([entrypoint, command, env, health]))).toEqual([]);
  });

  test("has none in the arguments of what its scripts run", async () => {
    const scripts = [
      recipe.configure(secrets),
      ...servers.flatMap(({ prepare, leave }) => [prepare?.(secrets) ?? "", leave?.(secrets) ?? ""]),
    ].filter((script) => script !== "");
    expect(scripts).not.toEqual([]);
    const answers =
      "case \"$*\" in *role*) echo master ;; *info*) echo 'slave0:state=online' ;; *) cat >/dev/null ;; esac";
    const kafka = ["configs", "acls", "topics", "storage", "metadata-quorum", "broker-api-versions"];
    for (const script of scripts) {
      fake({
        ...{
          "redis-cli": answers,
          psql: "cat >/dev/null",
          mongosh: "cat >/dev/null",
          timeout: 'shift; "$@"',
        },
        ...Object.fromEntries(kafka.map((name) => [`kafka-${name}.sh`, "true"])),
      });
      const { noted } = await run("sh", ["-s"], script.replaceAll("/opt/kafka/bin", folder));
      expect(noted).not.toBe("");
      expect(shown(noted)).toEqual([]);
    }
  });
});
