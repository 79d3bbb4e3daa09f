import { beforeEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { monitoringSchema } from "../../../components/monitoring/schema";
import { describeProblem, describeProblems, type Problem } from "../../../components/arguments/problems";
import { isSecret, unwrap } from "../../../components/arguments/secrecy";
import { readArguments } from "../../../components/arguments/parse";
import { secretSchema } from "../../../components/secret/schema";
import { serviceSchema } from "../../../components/service/schema";
import { datastoreSchema } from "../../../components/datastore/schema";
import { configure, readError, useStack } from "../../support/stack-settings";

type Path = (string | number)[];

interface Component {
  schema: z.ZodType;
  find: (args: unknown) => Problem[];
  /** Where its fields are in a stack's file. */
  at: string[] | undefined;
}

const components: Record<string, Component> = {
  LoadBalancedService: {
    schema: serviceSchema,
    find: (args) => readArguments(serviceSchema, args).problems,
    at: [],
  },
  Datastore: {
    schema: datastoreSchema,
    find: (args) => readArguments(datastoreSchema, args).problems,
    at: ["datastores", "main"],
  },
  Monitoring: {
    schema: monitoringSchema,
    find: (args) => readArguments(monitoringSchema, args).problems,
    at: ["monitoring"],
  },
  Secret: {
    schema: secretSchema,
    find: (args: unknown) => readArguments(secretSchema, args).problems,
    at: undefined,
  },
};

/** All paths of a schema, down to what holds nothing else; lists and objects by name have one thing each. */
function listPaths(schema: z.core.$ZodType, path: Path = []): Path[] {
  const inner = ((): [string | number, z.core.$ZodType][] => {
    const type = unwrap(schema);
    if (type instanceof z.ZodArray) return [[0, type.element]];
    if (type instanceof z.ZodRecord) return [["a", type.valueType]];
    if (!(type instanceof z.ZodObject)) return [];
    const { shape }: { shape: Record<string, z.core.$ZodType> } = type;
    return Object.entries(shape);
  })();
  return [path, ...inner.flatMap(([part, type]) => listPaths(type, [...path, part]))];
}

/** An object, or a list, with a value at a path and nothing else. */
function put([part, ...rest]: Path, value: unknown): unknown {
  if (part === undefined) return value;
  return typeof part === "number" ? [put(rest, value)] : { [part]: put(rest, value) };
}

const text = "hunter2-very-secret";
const wrong = [text, [text], { [text.slice(0, 3)]: text }, { a: [text] }, `${text}\n`, 20261126.25, true];
const shows = /hunter2-very-s|20261126/;

const marked: Record<string, string[]> = {
  LoadBalancedService: [
    "pools.a.build.args",
    "pools.a.env",
    "pools.a.secrets",
    "pools.a.secretFiles",
    "pools.a.files",
    "balancer.tls.certificates.0.key",
    "balancer.tls.acme.externalAccount.hmac",
    "balancer.tls.acme.dns.variables.a",
    "registry.credentials.0.password",
  ],
  Datastore: [
    "registry.credentials.0.password",
    "password",
    "backup.to.s3.accessKey",
    "backup.to.s3.secretKey",
    "backup.to.s3.sessionToken",
    "backup.encryptionKey",
  ],
  Monitoring: [
    "password",
    "notify.webhooks.0",
    "notify.slack.address",
    "notify.email.password",
    "remoteWrite.0.token",
    "registry.credentials.0.password",
  ],
  Secret: ["value"],
};

/** Names that sound like a secret and are none: of nothing encrypted, or of what everybody may see. */
const plain = new Set([
  "hashKey",
  "keyId",
  "repeatKeyed",
  "cache.key",
  "passwordVersion",
  "keys",
  "keep",
  "keepalive",
  "credentials",
  "stores",
  "maxFiles",
]);
const sounds = /password|token|key|secret|webhooks\.\d|slack\.address|env$|files$|build\.args/i;

describe.each(Object.entries(components))("%s", (name, { schema, find, at }) => {
  const paths = listPaths(schema);
  const secrets = paths.filter((path) => isSecret(schema, path) && !isSecret(schema, path.slice(0, -1)));

  test("has these secret fields", () => {
    expect(secrets.map((path) => path.join("."))).toEqual(marked[name]);
  });

  test("has no other field that sounds like one", () => {
    const others = paths.filter((path) => !isSecret(schema, path)).map((path) => path.join("."));
    const heard = others.filter((path) => sounds.test(/[^.]+(?:\.[^.]+)?$/.exec(path)?.[0] ?? ""));
    const isPlain = (path: string): boolean => [...plain].some((end) => `.${path}`.includes(`.${end}`));
    expect(heard.filter((path) => !isPlain(path))).toEqual([]);
  });

  test.each(secrets.map((path) => [path.join("."), path] as const))("never shows %s", (_, path) => {
    for (const value of wrong) {
      for (const place of [path, [...path, "a"], path.slice(0, -1)]) {
        // What stands in the place of an object that need not have a secret may be shown.
        if (place.length < path.length && !/webhooks|slack|s3|certificates|credentials/.test(place.join(".")))
          continue;
        if (place.length < path.length && typeof value !== "string") continue;
        expect(describeProblems("x", find(put(place, value)))).not.toMatch(shows);
      }
    }
  });

  test.runIf(at !== undefined).each(secrets.map((path) => [path.join("."), path] as const))(
    "never shows %s of a stack's file",
    (_, path) => {
      // A text where the path of a file belongs is a path, unless it cannot be one.
      const values = path.at(-1) === "files" ? [`${text}\n`] : wrong;
      for (const value of values) {
        const pools = { a: { image: "node:24", port: 3000 } };
        const settings = { pools, ...(put([...(at ?? []), ...path], value) as object) };
        configure(settings);
        expect(readError()).not.toMatch(shows);
      }
    },
  );
});

beforeEach(() => useStack());

test.each([
  ["a key in the wrong place", "-----BEGIN EC PRIVATE KEY-----\nhunter2", "(hidden)"],
  [
    "an address with a password",
    "https://me:hunter2@example.com/write now",
    '"https://…@example.com/write now"',
  ],
])("%s is not shown either", (_, value, shown) => {
  expect(describeProblem({ path: ["a"], value, rule: "be b" })).toBe(`a must be b, got ${shown}.`);
});

test("a value behind a name is not shown", () => {
  expect(
    describeProblem({ path: ["pools", "a", "env", "A=hunter2"], value: "", rule: "be b" }),
  ).not.toContain("hunter2");
});
