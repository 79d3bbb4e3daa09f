// Imports go one way: the commands and the program need the components, these need what runs during an update, and that needs
// the engine and the texts of Nginx's and Prometheus' settings. A part of the project knows no other but those that it names here.
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { readImports } from "./support/imports";

const everyComponent = ["components/types", "components/arguments", "components/resources"];
const anEngine = ["components/types", "components/arguments", "components/datastore", "engine"];

/** What each part may import besides itself: a folder with what is in it, but for parts of their own. */
const parts: Record<string, string[]> = {
  "index.ts": ["config.ts", "stack", "components"],
  "config.ts": ["stack", "components", "components/types", "components/arguments"],
  // A schedule of replicas is read as one of backups is.
  stack: ["components", "components/arguments", "deploy", "engine", "backup"],
  cli: [
    ...["cli/bare", "stack", "components", "components/arguments", "importing", "backup", "engine"],
    // Asks a balancer as an update does.
    "deploy",
    ...["nginx", "nginx/watch", "monitoring", "tools"],
  ],
  // What others write becomes a stack's file, which the program itself checks.
  importing: [...everyComponent, "components", "components/service", "config.ts", "stack"],
  // Runs before the packages are installed.
  "cli/bare": [],
  components: [
    ...["components/service", "components/datastore", "components/monitoring", "components/secret"],
    ...[...everyComponent, "deploy", "monitoring"],
  ],
  "components/service": [...everyComponent, "deploy", "engine", "nginx"],
  "components/datastore": [
    ...["components/datastore/redis", "components/datastore/postgres"],
    ...["components/datastore/mongodb", "components/datastore/kafka"],
    ...[...everyComponent, "deploy", "engine", "backup", "exporter"],
  ],
  "components/datastore/redis": anEngine,
  "components/datastore/postgres": anEngine,
  "components/datastore/mongodb": anEngine,
  "components/datastore/kafka": [...anEngine, "exporter"],
  "components/monitoring": [...everyComponent, "deploy", "engine", "monitoring"],
  "components/secret": ["components/types", "components/arguments"],
  "components/resources": ["components/types", "deploy", "engine"],
  "components/arguments": ["components/types", "engine"],
  "components/types": ["monitoring"],
  deploy: ["engine", "nginx", "monitoring"],
  engine: [],
  nginx: ["nginx/watch"],
  "nginx/watch": ["nginx"],
  monitoring: ["monitoring/dashboards"],
  "monitoring/dashboards": [],
  backup: ["backup/io"],
  "backup/io": ["backup"],
  exporter: ["exporter/io"],
  "exporter/io": ["exporter"],
  policies: ["loader"],
  loader: [],
  build: [],
  tools: [],
  "eslint.config.mjs": [],
  "vitest.config.mts": [],
};

/** Files by which others enter a part that is not named to them, besides each `index.ts`. */
const doors = [
  // A stack's file is checked as the components' arguments are.
  "components/service/schema.ts",
  "components/datastore/schema.ts",
  "components/monitoring/schema.ts",
  // What the program says of stores and of monitoring before they are made.
  "components/datastore/recipes.ts",
  "components/monitoring/prometheus.ts",
  // Before anything is made, the program asks whether images can be had.
  "components/resources/images.ts",
  // What the program itself makes is named and made as what components make.
  "components/resources/own-names.ts",
  "components/resources/run-error.ts",
  "components/resources/commands.ts",
];

/** Parts that are programs or texts of their own, and run without Pulumi. */
const withoutPulumi = ["deploy", "engine", "nginx", "monitoring", "backup", "exporter", "cli/bare"];

/** The part that a file is of: the longest name that its path starts with. */
function partOf(file: string): string {
  if (/^components\/(?:(?:[\w-]+-)?types|datastore\/\w+\/args)\.ts$/.test(file)) return "components/types";
  const [part = file] = Object.keys(parts)
    .filter((each) => file === each || file.startsWith(`${each}/`))
    .sort((a, b) => b.length - a.length);
  return part;
}

/** Whether a file may import another. */
function isAllowed(file: string, imported: string): boolean {
  const [from, to] = [partOf(file), partOf(imported)];
  const known = parts[from] ?? [];
  if (from === to || known.includes(to)) return true;
  const [room = ""] = to.split("/");
  return known.includes(room) && (doors.includes(imported) || imported.endsWith("/index.ts"));
}

type Graph = Map<string, string[]>;

function findStrays(graph: Graph): string[] {
  return [...graph]
    .filter(([file]) => !file.startsWith("test/"))
    .flatMap(([file, imported]) =>
      imported.filter((each) => !isAllowed(file, each)).map((each) => `${file} imports ${each}`),
    );
}

/** Files that import themselves by way of others: what is left without those that lead, or are led to, nowhere. */
function findCircles(graph: Graph): string[] {
  const imported = new Set([...graph.values()].flat());
  const left = [...graph]
    .filter(([file]) => imported.has(file))
    .map(([file, files]): [string, string[]] => [file, files.filter((each) => graph.has(each))])
    .filter(([, files]) => files.length > 0);
  return left.length === graph.size ? [...graph.keys()].sort() : findCircles(new Map(left));
}

const imports = readImports(join(__dirname, ".."));
const graph: Graph = new Map([...imports].map(([file, { files }]) => [file, files]));

test("a part imports no other but those that it names", () => {
  expect(findStrays(graph)).toEqual([]);
});

test("nothing imports itself by way of others, types neither", () => {
  expect(findCircles(graph)).toEqual([]);
});

test.each(withoutPulumi)("%s/ imports no package of Pulumi", (part) => {
  const users = [...imports]
    .filter(
      ([file, { packages }]) =>
        file.startsWith(`${part}/`) && packages.some((name) => /^@pulumi\//.test(name)),
    )
    .map(([file]) => file);
  expect(users).toEqual([]);
});

test.each(doors)("%s is a door that is used", (door) => {
  const users = [...graph].filter(([file, files]) => !file.startsWith("test/") && files.includes(door));
  expect(users.filter(([file]) => !(parts[partOf(file)] ?? []).includes(partOf(door)))).not.toEqual([]);
});

describe("an import that must not be is found", () => {
  test.each([
    ["a text that needs a component", "nginx/render.ts", "components/types.ts"],
    ["what runs during an update that needs a component", "deploy/push.ts", "components/service/pool.ts"],
    ["a component that needs another", "components/monitoring/servers.ts", "components/datastore/store.ts"],
    [
      "an engine that needs another",
      "components/datastore/redis/users.ts",
      "components/datastore/kafka/topics.ts",
    ],
    ["a command that reaches inside", "cli/commands/down.ts", "components/resources/context.ts"],
    ["a door that is for others", "nginx/render.ts", "components/service/schema.ts"],
    ["a program that needs a test", "stack/pool.ts", "test/support/recorder.ts"],
    ["a folder that has no line here", "helpers/some.ts", "components/index.ts"],
  ])("%s", (_, file, imported) => {
    expect(findStrays(new Map([[file, [imported]]]))).toEqual([`${file} imports ${imported}`]);
  });

  test("a circle", () => {
    const circle: [string, string[]][] = [
      ["a.ts", ["b.ts"]],
      ["b.ts", ["c.ts"]],
      ["c.ts", ["a.ts", "d.ts"]],
      ["d.ts", []],
      ["e.ts", ["a.ts"]],
    ];
    expect(findCircles(new Map(circle))).toEqual(["a.ts", "b.ts", "c.ts"]);
    expect(findCircles(new Map(circle.slice(2)))).toEqual([]);
  });
});
