import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { interpolate } from "../../importing/compose/interpolate";
import { readProject } from "../../importing/compose/project";
import { readMiB, readSeconds, splitWords } from "../../importing/compose/units";
import { describePlace, type Fault } from "../../importing/place";
import { isSecret, tellsSecret } from "../../importing/decide/secrecy";
import { makeFolder } from "../support/folders";

describe("a variable", () => {
  const values = new Map([
    ["A", "a"],
    ["E", ""],
  ]);
  test.each<[string, string, string[]]>([
    ["$A-${A}", "a-a", []],
    ["$$A $${A}", "$A ${A}", []],
    ["${B:-b} ${B-b} ${E:-b} ${E-b}", "b b b ", []],
    ["${B:-${C:-${A}}}", "a", []],
    ["${A:+x} ${B:+x} ${E+x}", "x  x", []],
    ["${B} ${A:?no} ${B:?no} $C", " a  ", ["B", "B", "C"]],
    ["no dollar", "no dollar", []],
  ])("in %s", (written, text, unset) => {
    expect(interpolate(written, (name) => values.get(name))).toEqual({ text, unset, isWrong: false });
  });

  test.each(["${A", "${}", "${A b}", "$1", "a $"])("is not read in %s", (written) => {
    expect(interpolate(written, () => "").isWrong).toBe(true);
  });
});

test("durations, sizes and command lines have Compose's spellings", () => {
  expect(["1m30s", "500ms", "2h", "10", "1.5s", "soon"].map(readSeconds)).toEqual([
    90,
    0.5,
    7200,
    10,
    1.5,
    undefined,
  ]);
  expect(["512m", "1.5gb", "1024K", "1048576", "2GiB", "much"].map(readMiB)).toEqual([
    512,
    1536,
    1,
    1,
    2048,
    undefined,
  ]);
  expect(splitWords(`sh -c "a \\"b\\" $C" 'd e'f \\ g`)).toEqual(["sh", "-c", 'a "b" $C', "d ef", " g"]);
  expect(splitWords('a "b')).toBeUndefined();
});

test.each([
  ["DB_PASSWORD", "x", true],
  ["JWT_SECRET", "x", true],
  ["STRIPE_API_KEY", "x", true],
  ["RAILS_MASTER_KEY", "x", true],
  ["MAX_TOKENS", "10", false],
  ["TOKEN_TTL", "10", false],
  ["DB_PASSWORD_FILE", "/run/secrets/a", false],
  ["KEYBOARD", "us", false],
  ["ANY_URL", "amqp://guest:guest@rabbit", true],
  ["ANY_URL", "http://rabbit:5672", false],
  ["ANYTHING", "sk_live_1234", true],
])("%s=%s is a secret: %s", (name, value, expected) => {
  expect(isSecret(name, value)).toBe(expected);
});

test.each([
  ["a --db-password=hunter2", true],
  ["a --token hunter2 -b", true],
  ["a --db postgres://a:b@c/d", true],
  ["sh -c 'a --token=$TOKEN'", false],
  ["a --token-file=/run/secrets/a", false],
  ["a --password-stdin -b", false],
])("%s tells a secret: %s", (line, expected) => {
  expect(tellsSecret(splitWords(line) ?? [])).toBe(expected);
});

/** A project of these files. */
function read(files: Record<string, string>, profiles: string[] = [], environment: NodeJS.ProcessEnv = {}) {
  const folder = makeFolder();
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const faults: Fault[] = [];
  const project = readProject({ folder, files: [], envFiles: [], environment }, profiles, faults);
  return {
    project,
    folder,
    faults: faults.map(({ place, text }) => `${describePlace(folder, place)}: ${text}`),
  };
}

describe("a project of Compose", () => {
  test("has the values of .env, and over them those of the environment", () => {
    const files = { ".env": "A=file\nB=file", "compose.yaml": 'services: { x: { image: "${A}/${B}" } }' };
    expect(read(files, [], { B: "shell" }).project?.services[0]?.fields.image).toBe("file/shell");
  });

  test("is one of several files, whose maps and lists are put together", () => {
    const { project } = read({
      "docker-compose.yml":
        "services: { x: { image: a, command: [a, b], environment: [A=1, B=2], ports: ['1:1'], volumes: ['vv:/v', 'ww:/w'] } }",
      "docker-compose.override.yml":
        "services: { x: { command: c d, environment: { B: 3 }, ports: ['2:2'], volumes: ['zz:/v'], image: !reset null, build: . } }",
    });
    const { fields } = project?.services[0] ?? {};
    expect(fields).toMatchObject({ command: ["c", "d"], environment: { A: "1", B: "3" }, build: {} });
    expect(fields?.image).toBeUndefined();
    expect(fields?.ports.map(({ published }) => published)).toEqual([1, 2]);
    expect(fields?.volumes.map(({ source, target }) => [source, target])).toEqual([
      ["ww", "/w"],
      ["zz", "/v"],
    ]);
  });

  test("extends services of other folders, whose paths are of there", () => {
    const { project, folder } = read({
      "compose.yaml": "services: { x: { extends: { file: a/base.yml, service: y }, environment: { B: 2 } } }",
      "a/base.yml": "services: { y: { extends: z, build: ./app }, z: { environment: { A: 1 } } }",
    });
    expect(project?.services[0]?.fields).toMatchObject({
      build: { context: join(folder, "a/app") },
      environment: { A: "1", B: "2" },
    });
  });

  test("has what others are merged with by YAML", () => {
    const { project } = read({
      "compose.yaml":
        "x-a: &a { image: a, restart: always }\nservices: { x: { <<: *a, image: b }, y: { image: c, <<: [*a] } }",
    });
    expect(project?.services.map(({ fields }) => [fields.image, fields.restart])).toEqual([
      ["b", "always"],
      ["c", "always"],
    ]);
  });

  test("leaves services of other profiles out", () => {
    const files = { "compose.yaml": "services: { x: { image: a }, y: { image: b, profiles: [dev] } }" };
    expect(read(files).project?.inactive.map(({ name }) => name)).toEqual(["y"]);
    expect(read(files, ["dev"]).project?.inactive).toEqual([]);
  });

  test("tells all that cannot be read, with its lines", () => {
    const { faults } = read({
      "compose.yaml": `services:
  x:
    image: [a]
    ports:
      - 80:eighty
    healthcheck:
      interval: often
  y: { extends: z }
`,
    });
    expect(faults).toEqual([
      "compose.yaml:8: There is no service z to extend. Correct its name.",
      "compose.yaml:3: services.x.image must be a text.",
      "compose.yaml:5: services.x.ports.0 must be a port like 8080:80.",
      "compose.yaml:7: services.x.healthcheck.interval must be a duration like 30s or 1m30s.",
    ]);
  });

  test.each<[string, Record<string, string>, RegExp]>([
    ["no file", {}, /There is no compose\.yaml/],
    ["no YAML", { "compose.yaml": "a: [" }, /compose\.yaml:1: This is no YAML/],
    ["no services", { "compose.yaml": "name: a" }, /services must be an object/],
    ["an include of itself", { "compose.yaml": "include: [compose.yaml]\nservices: {}" }, /includes itself/],
    [
      "a file that is missing",
      { "compose.yaml": "include: [b.yaml]\nservices: {}" },
      /b\.yaml cannot be read/,
    ],
  ])("is refused with %s", (_, files, fault) => {
    expect(read(files).faults.join("\n")).toMatch(fault);
  });
});
