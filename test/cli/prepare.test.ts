import { sep } from "node:path";
import { expect, test } from "vitest";
import { projectFolder } from "../../cli/bare/machine.cjs";
import { Failure } from "../../cli/failure";
import { prepare, type Machine } from "../../cli/prepare";

/** What a machine has, and what can be had there. */
interface Fake {
  engine?: boolean;
  pulumi?: boolean;
  plugins?: boolean;
  /** Whether Pulumi's site answers, and its downloads end well. */
  reachable?: boolean;
  downloads?: boolean;
  root?: boolean;
  images?: "there" | "missing";
  setUpFails?: boolean;
}

function fakeMachine(fake: Fake) {
  const has = { engine: false, pulumi: false, plugins: false, ...fake, stand: fake.images === "there" };
  const commands: string[] = [];
  const said: string[] = [];
  const effects: Record<string, () => void> = {
    "sh tools/sealed/setup engine": () => (has.engine = true),
    "sh tools/sealed/setup toolchain": () => (has.pulumi = has.plugins = true),
    "sh tools/sealed/setup plugins": () => (has.plugins = true),
    "sh tools/sealed/setup image nginx:1.30.4": () => (has.stand = true),
    "npm exec --yes --package=pulumi@3.265.0 -- pulumi version": () => (has.pulumi = true),
  };
  const machine: Machine = {
    environment: () => ({}),
    run: (command, args) => {
      const line = [command, ...args].join(" ").replace(`${projectFolder}${sep}`, "");
      commands.push(line);
      const isDownload = command !== "sh";
      if (isDownload ? fake.downloads === false : fake.setUpFails === true)
        return Promise.resolve({ code: 1, text: "" });
      if (line.startsWith("pulumi plugin install resource docker")) has.plugins = true;
      effects[line]?.();
      return Promise.resolve({ code: 0, text: "" });
    },
    mayInstall: () => fake.root === true,
    findEngine: () => Promise.resolve(has.engine ? "28.0.0" : undefined),
    findProgram: () => (has.pulumi ? "/usr/bin/pulumi" : undefined),
    findPlugins: () => ["command", "docker"].map((name) => ({ name, version: "1.0.0", found: has.plugins })),
    findImages: () => Promise.resolve([{ image: "nginx:1.30.4", found: has.stand, isStandIn: has.stand }]),
    reachesPulumi: () => Promise.resolve(fake.reachable === true),
    say: (text) => said.push(text),
  };
  return { machine, commands, said };
}

const complete = { engine: true, pulumi: true, plugins: true, images: "there" } as const;

test("a machine that has everything is used as it is, and stand-ins are named", async () => {
  const { machine, commands, said } = fakeMachine(complete);
  await prepare({}, machine);
  expect(commands).toEqual([]);
  expect(said).toEqual(["Stand-ins in use: nginx:1.30.4, made from Debian packages (see docs/sealed.md)."]);
});

test("a bare machine with package registries alone is set up step by step", async () => {
  const { machine, commands } = fakeMachine({ root: true });
  await prepare({}, machine);
  expect(commands).toEqual([
    "sh tools/sealed/setup engine",
    "sh tools/sealed/setup toolchain",
    "sh tools/sealed/setup image nginx:1.30.4",
  ]);
});

test("where Pulumi's site answers, the official command line and plugins are installed", async () => {
  const { machine, commands } = fakeMachine({ engine: true, images: "there", reachable: true });
  await prepare({}, machine);
  expect(commands).toEqual([
    "npm exec --yes --package=pulumi@3.265.0 -- pulumi version",
    "pulumi plugin install resource command 1.0.0",
    "pulumi plugin install resource docker 1.0.0",
  ]);
});

test("a download that fails is followed by a build", async () => {
  const { machine, commands } = fakeMachine({
    ...{ engine: true, images: "there", reachable: true },
    ...{ downloads: false, root: true },
  });
  await prepare({}, machine);
  expect(commands.at(-1)).toBe("sh tools/sealed/setup toolchain");
});

test("the user's own pulumi gets just the plugins that it cannot fetch", async () => {
  const { machine, commands } = fakeMachine({ ...complete, plugins: false, root: true });
  await prepare({}, machine);
  expect(commands).toEqual(["sh tools/sealed/setup plugins"]);
});

test.each<[string, Fake, RegExp]>([
  ["no engine", {}, /^Docker cannot be reached: install Docker/],
  ["no pulumi", { engine: true }, /^Pulumi or one of its plugins is missing: install it/],
  ["a set-up that fails", { root: true, setUpFails: true }, /^The set-up of the engine did not end well/],
])("%s ends in one sentence that says what to do", async (_, fake, message) => {
  const { machine } = fakeMachine(fake);
  const error: unknown = await prepare({}, machine).catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(Failure);
  expect((error as Failure).message).toMatch(message);
});

test("without the right to install, missing images are left to be pulled", async () => {
  const { machine, commands } = fakeMachine({ ...complete, images: "missing" });
  await prepare({}, machine);
  expect(commands).toEqual([]);
});

test("nothing is pulled or made to take a stack down", async () => {
  const { machine, commands } = fakeMachine({ ...complete, images: "missing", root: true });
  await prepare({ images: false }, machine);
  expect(commands).toEqual([]);
});
