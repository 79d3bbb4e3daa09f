import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { steps } from "../../cli/bare/setup.cjs";
import { commands } from "../../cli/clone-commands";
import { commands as ofPackage } from "../../cli/commands";
import { exitCodes, Misuse } from "../../cli/failure";
import { readCall } from "../../cli/reading";
import { isSlip } from "../../cli/slip";

const root = join(__dirname, "../..");

function read(words: string[], environment = {}) {
  const call = readCall(commands, words, environment);
  if (typeof call === "string") throw new Error(`Help is not wanted:\n${call}`);
  return { name: call.command.name, ...call.given };
}

describe("what a command is told", () => {
  test("has defaults", () => {
    expect(read(["up"])).toEqual({
      ...{ name: "up", stack: "dev", replicas: [], set: [], yes: false, json: false },
      ...{ verbose: false, withoutCanary: false, secretsProvider: undefined, passedOn: [] },
    });
  });

  test.each([
    ["up --stack prod", { stack: "prod" }],
    ["preview --stack=prod", { name: "preview", stack: "prod" }],
    ["up -s prod -yj", { stack: "prod", yes: true, json: true }],
    ["up --replicas api=3 --replicas worker=2", { replicas: ["api=3", "worker=2"] }],
    ["up --set pools.api.port=1 --set=balancer.port=2", { set: ["pools.api.port=1", "balancer.port=2"] }],
    ["down --volumes", { volumes: true, passedOn: [] }],
    ["up --secrets-provider gcpkms://x", { secretsProvider: "gcpkms://x" }],
    ["up --parallel 8 --diff", { passedOn: ["--parallel", "8", "--diff"] }],
    ["up --parallel=8 -y --config a:b=c", { passedOn: ["--parallel=8", "--config", "a:b=c"], yes: true }],
    ["backup main --list", { datastore: "main", list: true }],
    ["scale api=5 worker=2 -s prod", { counts: ["api=5", "worker=2"], stack: "prod" }],
    ["restart api worker", { pools: ["api", "worker"] }],
    ["logs -f api main --since 10m", { follow: true, parts: ["api", "main"], since: "10m", tail: "100" }],
    ["status -w", { watch: true }],
    ["deploy --image api=x:1 --image web=", { image: ["api=x:1", "web="] }],
    ["rollback 3 -y", { release: "3", yes: true }],
    ["lock -m why", { message: "why" }],
    [
      "maintenance on api -m Soon --allow 10.0.0.1",
      { state: "on", pool: "api", message: "Soon", allow: ["10.0.0.1"] },
    ],
    ["completion bash -- up --stack prod", { shell: "bash", words: ["up", "--stack", "prod"] }],
    [
      "exec api -s prod -- node -v --stack x",
      { part: "api", stack: "prod", command: ["node", "-v", "--stack", "x"] },
    ],
    ["exec api", { part: "api", command: [] }],
    ["shell main -- -c SELECT", { datastore: "main", words: ["-c", "SELECT"] }],
    ["restore main -s prod", { datastore: "main", id: "latest", stack: "prod" }],
    ["restore main 20261121T030000Z-abcdef", { id: "20261121T030000Z-abcdef" }],
    ["example shop down --help", { example: "shop", words: ["down", "--help"] }],
    ["bench balancer --rounds 5", { benchmark: "balancer", words: ["--rounds", "5"] }],
    ["prove core nginx --short", { suite: ["core", "nginx"], short: true }],
  ])("%s", (line, expected) => {
    expect(read(line.split(" "))).toMatchObject(expected);
  });
});

describe("what a command has no use for is refused", () => {
  test.each([
    [["upp"], "There is no command upp. Did you mean up?"],
    [["destroy"], "There is no command destroy. npm run flotilla -- --help says what there is."],
    [["up", "prod"], "There is no use for prod. npm run up -- --help says what there is."],
    [["up", "prod", "--diff"], "There is no use for prod."],
    [["up", "--stack"], "--stack must have a value, got nothing. Write it like --stack <name>."],
    [["up", "--stack", "--yes"], "--stack must have a value, got the option --yes."],
    [["up", "--stack="], "--stack must have a value, got nothing."],
    [["up", "--stack", "a b"], '--stack must be the name of a stack, got "a b".'],
    [["up", "--stak", "prod"], "There is no option --stak of up. Did you mean --stack?"],
    [["up", "--yes=no"], "--yes must have no value, got --yes=no."],
    [["up", "--set", "pools.api.port"], '--set must be path=value on one line, got "pools.api.port".'],
    [["up", "--set", "a=hunter2\nb"], '--set must be path=value on one line, got "a=…".'],
    [["up", "--volumes"], "There is no option --volumes of up: it is for down."],
    [["down", "--replicas", "api=2"], "There is no option --replicas of down: it is for up and preview."],
    [["preview", "--markdown", "--json"], "--markdown and --json cannot be combined: leave one out."],
    [["backup"], "The datastore must be given, got nothing. npm run backup -- --help says what there is."],
    [["backup", "main", "other"], "There is no use for other."],
    [["backup", "main", "--lisst"], "There is no option --lisst of backup. Did you mean --list?"],
    [["scale"], "The counts must be given, got nothing. Write them like api=5 worker=2."],
    [["scale", "api=5", "worker"], "The counts must be pools with numbers, got worker."],
    [["logs", "--tail", "few"], '--tail must be a number of lines or all, got "few". Write it like 100.'],
    [["logs", "--since", "soon"], '--since must be a length of time or a moment, got "soon".'],
    [["logs", "--grep", "("], '--grep must be a regular expression, got "("'],
    [["exec"], "The part must be given, got nothing."],
    [["exec", "api", "-v"], "There is no option -v of exec."],
    [["history", "--count", "0"], "--count must be a whole number from 1 to 9999, got 0."],
    [["loadtest", "--rate", "0"], "--rate must be a number from 0.1 to 20000, got 0."],
    [["loadtest", "--rate", "fast"], "--rate must be a number from 0.1 to 20000, got fast."],
    [["loadtest", "--rate", "5", "--connections", "2"], "--rate and --connections cannot be told together"],
    [
      ["loadtest", "--rate", "10000", "--seconds", "600"],
      "--rate 10000 for 600 seconds is 6000000 requests, more than --requests allows (1000000).",
    ],
    [["loadtest", "--url", "orders"], "--url must be a path or an address, "],
    [["rehearse", "api=0"], "The plan must be a pool with its numbers of replicas"],
    [["capacity"], "--requests-per-minute must be told"],
    [["monitor", "--range", "2h"], "--range must be one of 15m, 1h, 6h, 24h, 7d, got 2h."],
    [["rollbak"], "There is no command rollbak. Did you mean rollback?"],
    [
      ["deploy"],
      "--image must be given, got nothing. Write it like --image api=registry.example.com/api:1.5.",
    ],
    [["deploy", "--image", "api"], '--image must be a pool with an image, got "api".'],
    [["deploy", "--image", "api=A B"], '--image must be a pool with an image, got "api=A B".'],
    [["deploy", "--image", "api=a", "--image", "api=b"], "--image must name api once. Keep one image."],
    [["lock"], '--message must say why, got nothing. Write it like -m "the database is being moved".'],
    [["maintenance", "of"], "The state must be one of on, off, got of."],
    [["maintenance", "off", "-m", "x"], "--message and --allow must be left out with off."],
    [["completion", "csh"], "The shell must be one of bash, zsh, fish, powershell, got csh."],
    [["restore", "main", "--list"], "There is no option --list of restore."],
    [["example"], /^The example must be one of .*scaling-lab.*, got nothing\./],
    [["example", "yaml"], /^The example must be one of .*, got yaml\.$/],
    [["example", "shop", "upp"], /^The command must be one of up, .*, got upp\. Did you mean up\?$/],
    [["example", "shop", "--replicas", "3"], "--replicas must be like app=3,sales=3, got 3."],
    [["prove", "cor"], /^The suite must be one of .*, got cor\. Did you mean core\?$/],
    [["env", "--shell", "fish"], "--shell must be one of sh, powershell, got fish."],
  ])("%j", (words, message) => {
    expect(() => read(words)).toThrow(Misuse);
    expect(() => read(words)).toThrow(message);
  });

  test("what npm keeps to itself, because it stood before --, but not what is npm's own", () => {
    const message =
      "--stack must stand behind --, or npm keeps it to itself. Write it like npm run down -- --stack …";
    expect(() => read(["down"], { npm_config_stack: "prod", npm_config_yes: "true" })).toThrow(message);
    expect(read(["down"], { npm_config_json: "true" })).toMatchObject({ stack: "dev" });
  });

  test("with an exit code of its own", () => {
    expect(new Misuse("").exitCode).toBe(exitCodes.misused);
  });
});

test.each([
  ["stakc", "stack", true],
  ["stck", "stack", true],
  ["sttack", "stack", true],
  ["stock", "stack", true],
  ["stack", "stack", false],
  ["replace", "replicas", false],
  ["neo", "set", false],
])("%s is a slip for %s: %j", (written, meant, expected) => {
  expect(isSlip(written, meant)).toBe(expected);
});

describe("the table of commands", () => {
  test("has every file of cli/commands, and a script for each", () => {
    const names = commands.map(({ name }) => name).sort();
    const files = readdirSync(join(root, "cli/commands")).map((file) => file.replace(/\.ts$/, ""));
    const all = new Set([...names, ...ofPackage.map(({ name }) => name)]);
    expect([...all].sort()).toEqual(files.sort());
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const entry = "node --require ./loader/register.cjs cli/main.ts";
    const bare = ["doctor", "setup"];
    for (const name of names)
      expect(scripts[name]).toBe(bare.includes(name) ? `node cli/bare/${name}.cjs` : `${entry} ${name}`);
  });

  test("of the package is without what develops this repository, and makes projects besides", () => {
    const names = ofPackage.map(({ name }) => name);
    expect(names[0]).toBe("init");
    expect(commands.map(({ name }) => name).filter((name) => !names.includes(name))).toEqual([
      ...["example", "test", "prove", "bench", "schema"],
    ]);
  });

  test.each([[[]], [["--help"]]])("is the help for %j", (words) => {
    const help = readCall(commands, words);
    for (const { name, summary } of commands)
      expect(help).toMatch(new RegExp(`^  ${name} +${summary.slice(0, 20)}`, "m"));
  });

  test.each(commands.map((command) => [command.name, command] as const))("explains %s", (name, command) => {
    const help = readCall(commands, [name, "--help"]);
    for (const [call, does] of command.examples) expect(help).toContain(`  ${call}\n      ${does}`);
  });

  test("has the steps of the set-up", () => {
    const script = readFileSync(join(root, "tools/sealed/setup"), "utf8");
    const labels = [...script.matchAll(/^ {2}([a-z]+)\)/gm)].map(([, step = ""]) => step);
    expect(["all", ...steps].sort()).toEqual(labels.sort());
  });
});
