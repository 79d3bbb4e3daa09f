import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { inspect } from "node:util";
import * as pulumi from "@pulumi/pulumi";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadConfig } from "../config";
import { enterFolder } from "./support/folders";
import { configure, readError, revealOutput, useStack } from "./support/stack-settings";

const secret = "hunter2";
const image = "node:24";
const api = { image, port: 3000 };
let folder: string;

beforeEach(async () => {
  folder = enterFolder();
  mkdirSync(join(folder, "conf"));
  writeFileSync(join(folder, "conf", "app.conf"), "listen 3000\n");
  await useStack();
});

afterEach(() => {
  delete process.env.FLOTILLA_REPLICAS;
});

function load(values: Record<string, unknown>, secrets?: Record<string, string>) {
  configure(values, secrets);
  return loadConfig(undefined);
}

describe("a stack's configuration", () => {
  test("becomes a service", () => {
    const rest = { routes: [{ pool: "api" }], balancer: { port: 80 }, registry: { mirror: "a.b/hub" } };
    expect(load({ pools: { api }, ...rest })).toEqual({
      service: { pools: { api: { ...api, replicas: 1 } }, ...rest },
      replicas: { api: { initial: 1, min: 1, max: 1000, current: 1 } },
      images: {},
      maintenance: [],
      datastores: {},
      storeUsers: { api: {} },
      generatedSecrets: [],
    });
  });

  test("may write numbers and booleans where Docker wants text", () => {
    writeFileSync(join(folder, "Dockerfile"), "FROM scratch\n");
    const build = { context: ".", args: { VERSION: 2 } };
    const { service } = load({
      pools: { api: { build, port: 1, user: 1000, command: ["sleep", 5], env: { A: 1, B: true, C: "c" } } },
    });
    expect(service.pools.api).toEqual({
      build: { context: ".", args: { VERSION: "2" } },
      port: 1,
      user: "1000",
      command: ["sleep", "5"],
      env: { A: "1", B: "true", C: "c" },
      replicas: 1,
    });
  });

  test("takes files from the project's folder", () => {
    const { service } = load({ pools: { api: { ...api, files: { "/etc/app.conf": "conf/app.conf" } } } });
    expect(service.pools.api?.files).toEqual({ "/etc/app.conf": "listen 3000\n" });
  });

  test("takes files from beside the project's folder: a folder for the deployment is a part of a repository", () => {
    mkdirSync(join(folder, "deploy"));
    process.chdir(join(folder, "deploy"));
    const { service } = load({
      pools: { api: { ...api, files: { "/etc/app.conf": "../conf/app.conf" } } },
    });
    expect(service.pools.api?.files).toEqual({ "/etc/app.conf": "listen 3000\n" });
  });

  test("takes folders from the project's folder, and from the host", () => {
    const hostPaths = ["./app", "..", ".", "/srv/app"];
    const mounts = hostPaths.map((hostPath, index) => ({ path: `/app-${index}`, hostPath }));
    const shared = { path: "/data", shared: "data" };
    const { service } = load({ pools: { api: { ...api, mounts: [...mounts, shared] } } });
    const found = service.pools.api?.mounts ?? [];
    expect(found.map(({ hostPath }) => hostPath)).toEqual([
      ...[join(folder, "app"), join(folder, ".."), folder, "/srv/app", undefined],
    ]);
    expect(found.at(-1)).toEqual(shared);
  });

  test("merges a file of variables under env", () => {
    const text = `\uFEFF# comment
export A=1
B="two \\"2\\"\\n" # comment
C='$3 # kept'\r
D=four # comment
E=
LOG=info`;
    writeFileSync(join(folder, "app.env"), text);
    const { service } = load({ pools: { api: { ...api, envFile: "app.env", env: { LOG: "debug" } } } });
    expect(service.pools.api?.env).toEqual({
      A: "1",
      B: 'two "2"\n',
      C: "$3 # kept",
      D: "four",
      E: "",
      LOG: "debug",
    });
  });

  test("gives pools the secrets they list, and lists the missing ones once", async () => {
    const pools = {
      api: { ...api, secrets: ["DB_PASSWORD", "TOKEN"], secretFiles: { "/run/token": "TOKEN" } },
      db: { image, port: 5432, secrets: ["DB_PASSWORD"], reachableFrom: ["api"] },
    };
    const { service, generatedSecrets } = load({ pools }, { TOKEN: secret });
    expect(generatedSecrets).toEqual([{ name: "DB_PASSWORD", pools: ["api", "db"] }]);
    expect(Object.keys(service.pools.api?.secrets ?? {})).toEqual(["TOKEN"]);
    expect(service.pools.db?.secrets).toEqual({});
    expect(await revealOutput(service.pools.api?.secrets?.TOKEN)).toEqual({ value: secret, isSecret: true });
    expect(await revealOutput(service.pools.api?.secretFiles?.["/run/token"])).toEqual({
      value: secret,
      isSecret: true,
    });
  });

  test("names the secret that holds a registry's password", async () => {
    const credentials = [{ address: "a.b", username: "ci", password: "REGISTRY_TOKEN" }];
    const { service } = load({ pools: { api }, registry: { credentials } }, { REGISTRY_TOKEN: secret });
    const password = service.registry?.credentials?.[0]?.password;
    expect(await revealOutput(password)).toEqual({ value: secret, isSecret: true });
  });
});

describe("a project that is not called flotilla", () => {
  beforeEach(() => useStack("dev", "shop"));

  test("has the same settings", () => {
    expect(load({ pools: { api } }).service.pools.api).toMatchObject(api);
  });

  test("may have its secrets among its own settings, where plain pulumi config set puts them", async () => {
    const loaded = load({ pools: { api: { ...api, secrets: ["TOKEN"] } } }, { "shop:TOKEN": secret });
    expect(loaded.generatedSecrets).toEqual([]);
    expect(await revealOutput(loaded.service.pools.api?.secrets?.TOKEN)).toEqual({
      value: secret,
      isSecret: true,
    });
  });

  test("is told of a plain secret there", () => {
    configure({ "shop:TOKEN": secret, pools: { api: { ...api, secrets: ["TOKEN"] } } });
    expect(readError()).toContain("secrets.TOKEN must be encrypted in the configuration, got (hidden).");
  });

  test("is told of settings that nobody would read, and keeps what is its own", () => {
    configure({ pools: { api }, "shop:balancer": { port: 80 }, "shop:other": "x" });
    expect(readError()).toBe(
      'The configuration of stack dev: shop must have no settings of Flotilla, got "balancer". Write it as flotilla:balancer, whatever the project is called.',
    );
  });
});

describe("the number of replicas", () => {
  test.each([
    [undefined, { initial: 1, min: 1, max: 1000, current: 1 }],
    [3, { initial: 3, min: 1, max: 1000, current: 3 }],
    [{ initial: 3 }, { initial: 3, min: 1, max: 1000, current: 3 }],
    [
      { initial: 3, min: 2, max: 6 },
      { initial: 3, min: 2, max: 6, current: 3 },
    ],
  ])("may be written as %j", (replicas, state) => {
    const loaded = load({ pools: { api: { ...api, replicas } } });
    expect(loaded.replicas.api).toEqual(state);
    expect(loaded.service.pools.api?.replicas).toBe(state.current);
  });

  test("is the last deployment's, or the override's", () => {
    configure({ pools: { api: { ...api, replicas: 3 } } });
    const previous = { replicas: { api: { initial: 3, min: 1, max: 1000, current: 5 } } };
    expect(loadConfig(previous).service.pools.api?.replicas).toBe(5);
    process.env.FLOTILLA_REPLICAS = "api=7";
    expect(loadConfig(previous).service.pools.api?.replicas).toBe(7);
  });
});

describe("a configuration is refused", () => {
  const file =
    "must be the path of a file from the project's folder, got (hidden). Write it relative to that folder, like ../settings.env.";
  const unset =
    "must name a secret of the configuration, got (hidden). Run `pulumi config set --secret <name>` with the name given here.";
  // prettier-ignore
  const cases: [string, object, string][] = [
    ["a number of replicas below 1", { replicas: 0 }, "replicas must be a whole number from 1 to 1000, got 0. Set a number from 1 to 1000, or remove the pool."],
    ["a range without an initial number", { replicas: { min: 2 } }, "replicas.initial must be a whole number from 1 to 1000, got nothing."],
    ["an initial number out of the range", { replicas: { initial: 5, max: 4 } }, "replicas.initial must be from min to max (1 to 4), got 5."],
    ["a range the wrong way round", { replicas: { initial: 5, min: 6, max: 4 } }, "replicas.min must be at most max (4), got 6."],
    ["a misspelt bound", { replicas: { initial: 5, maxi: 4 } }, 'replicas must have only known keys, got "maxi". Did you mean max?'],
    ["secrets with values", { secrets: { A: secret } }, "secrets must be a list of names, and no values, got (hidden). Run `pulumi config set --secret <name>` for each value, and list the names here."],
    ["a secret with its value", { secrets: [`A=${secret}`] }, "secrets[0] must be the name of a variable, got (hidden). Run `pulumi config set --secret <name>` for each value, and list the names here."],
    ["a secret's name that starts with a digit", { secrets: ["1A"] }, "secrets.1A must have a name of letters, digits and underscores that does not start with a digit, got (hidden)."],
    ["a secret named like a setting", { secrets: ["routes"] }, "secrets.routes must have a name other than pools, routes, balancer, registry, datastores, monitoring, got (hidden)."],
    ["a secret in env too", { env: { A: 1 }, secrets: ["A"] }, "secrets.A must be in env or in secrets, not in both, got (hidden). Keep it in secrets if nobody may read it."],
    ["a plain secret", { secrets: ["PLAIN"] }, "secrets.PLAIN must be encrypted in the configuration, got (hidden). Run `pulumi config set --secret PLAIN`."],
    ["a secret file that is not set", { secretFiles: { "/a": secret } }, `secretFiles["/a"] ${unset}`],
    ["a file that is missing", { files: { "/a": "conf/b.conf" } }, 'files["/a"] must name a file that can be read, got (hidden). Create conf/b.conf, or correct its path.'],
    ["contents in place of a path", { files: { "/a": `password ${secret}` } }, 'files["/a"] must name a file that can be read, got (hidden). Create the file, or correct its path.'],
    ["a file that is not text", { files: { "/a": "binary" } }, 'files["/a"] must name a text file in UTF-8, got (hidden). Convert binary, or build it into the image.'],
    ["an absolute file", { files: { "/a": "/etc/hosts" } }, `files["/a"] ${file}`],
    ["an absolute file of Windows", { files: { "/a": "C:\\b" } }, `files["/a"] ${file}`],
    ["a file that is no path", { files: { "/a": 1 } }, `files["/a"] ${file}`],
    ["lines that are no variables", { envFile: "bad.env" }, 'envFile must name a file of KEY=VALUE lines, got "bad.env". Look at line 2, 3; quotes end on the line they start on.'],
    ["a missing file of variables", { envFile: "no.env" }, 'envFile must name a file that can be read, got "no.env". Create no.env, or correct its path.'],
    ["a variable that is a list", { env: { A: [secret] } }, "env.A must be a text, got (hidden)."],
  ];

  test.each(cases)("for %s", (_, fields, message) => {
    writeFileSync(join(folder, "binary"), Buffer.from([0xff, 0xfe, 0x00]));
    writeFileSync(join(folder, "bad.env"), `A=1\n${secret}\nB="${secret}\n`);
    const isPlain = JSON.stringify(fields).includes("PLAIN");
    configure({ pools: { api: { ...api, ...fields } }, ...(isPlain ? { PLAIN: secret } : {}) });
    expect(readError()).toBe(`The configuration of stack dev: pools.api.${message}`);
  });

  test("without pools", () => {
    configure({});
    expect(readError()).toBe(
      "The configuration of stack dev: pools must be an object of pools by name, got nothing. Describe at least one pool with an image and a port.",
    );
  });

  test("for a field that has another place now", () => {
    configure({ pools: { api: { ...api, holdSeconds: 5, balancing: { method: "hash" } } } });
    expect(readError()).toBe(`The configuration of stack dev has 2 problems:
  pools.api.balancing.hashKey must be set where method is hash, got nothing. Name what requests for the same replica have in common, like $cookie_user.
  pools.api.holdSeconds must be left out, got 5. Write it in balancing: balancing.holdSeconds.`);
  });

  test("for a setting that is no object", () => {
    configure({ pools: "api and web" });
    expect(readError()).toMatch(/: pools must be an object of pools by name, got "api and web"\./);
  });

  test("for a key that nothing reads", () => {
    configure({ pools: { api }, rutes: [] });
    expect(readError()).toBe(
      'The configuration of stack dev: flotilla must have only known keys, got "rutes". Did you mean routes?',
    );
  });

  test("for an encrypted value in a setting, whose values are then not shown", () => {
    configure({ pools: { api: { ...api, env: { A: secret }, image: `${secret} x` } } }, {}, ["pools"]);
    const message = readError();
    expect(message).toMatch(/pools must hold no encrypted value, got \(hidden\)\./);
    expect(message).toMatch(/pools\.api\.image must be the name of a Docker image, got \(hidden\)\./);
    expect(message).not.toContain(secret);
  });

  test("for a registry's password in plain text", () => {
    const credentials = [{ address: "a.b", username: "ci", password: secret }];
    configure({ pools: { api }, registry: { credentials } });
    expect(readError()).toBe(`The configuration of stack dev: registry.credentials[0].password ${unset}`);
  });

  test("with every problem in one text", () => {
    process.env.FLOTILLA_REPLICAS = "apo=3";
    configure({
      pools: { api: { ...api, port: 0, replicas: { initial: 0 }, secrets: { A: secret } } },
      routes: [{ pool: "ap", path: "x" }],
      balancer: { port: -1 },
      registri: {},
    });
    expect(readError()).toBe(`The configuration of stack dev has 8 problems:
  FLOTILLA_REPLICAS must name pools of the configuration, got "apo". Did you mean api?
  balancer.port must be a whole number from 1 to 65535, got -1.
  flotilla must have only known keys, got "registri". Did you mean registry?
  pools.api.port must be a whole number from 1 to 65535, got 0. Set the port that each replica listens on.
  pools.api.replicas.initial must be a whole number from 1 to 1000, got 0.
  pools.api.secrets must be a list of names, and no values, got (hidden). Run \`pulumi config set --secret <name>\` for each value, and list the names here.
  routes[0].path must start with / and hold no spaces, quotes, backslashes or any of { } ; ? #, got "x".
  routes[0].pool must name a public pool, got "ap". Did you mean api?`);
  });
});

test("a mistake is told without what Pulumi knows of where it was found, which takes it a minute in a package", () => {
  configure({ pools: { api: { ...api, prot: 1 } } });
  let told: unknown;
  try {
    loadConfig(undefined);
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(pulumi.RunError);
  expect(inspect(told)).toBe((told as Error).message);
});
