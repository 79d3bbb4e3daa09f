import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { renderExec } from "../../../cli/operator/exec";
import {
  chooseServer,
  findTool,
  parsePassword,
  renderSecretFile,
  renderShell,
  type Tool,
  tools,
} from "../../../cli/operator/shell";
import { connect, fakeDocker, resetDocker } from "../../support/fake-docker";
import { makePart, shop } from "../../support/parts";

afterEach(resetDocker);

function nameTool(command: string): Tool {
  const found = tools.find((tool) => tool.command === command);
  if (found === undefined) throw new Error(`There is no tool ${command}.`);
  return found;
}

describe("a command in a container", () => {
  test("has the user's terminal where there is one", () => {
    expect(renderExec("id", ["node", "-v"], { isTerminal: true })).toEqual([
      ...["exec", "--interactive", "--tty", "id", "node", "-v"],
    ]);
    expect(renderExec("id", ["node", "-v"], { isTerminal: false, user: "0" })).toEqual([
      ...["exec", "--interactive", "--user=0", "id", "node", "-v"],
    ]);
  });

  test("is a shell where none is told", () => {
    expect(renderExec("id", [], { isTerminal: true }).slice(3, 6)).toEqual(["id", "sh", "-c"]);
  });
});

describe("the server of a datastore", () => {
  test("is one that runs", () => {
    expect(chooseServer(shop, "main").title).toBe("main");
    const gone = makePart({ title: "main", role: "store", store: "main", state: "exited" });
    expect(() => chooseServer([gone], "main")).toThrow("No server of main runs: main is exited.");
  });

  test("must be of a datastore that there is", () => {
    expect(() => chooseServer(shop, "mian")).toThrow(
      "The datastore must be one of main, got mian. Did you mean main?",
    );
    expect(() => chooseServer([], "main")).toThrow("The stack has no datastore.");
  });

  test("has the tool of its image", async () => {
    fakeDocker.answer = () => ({ code: 0, stdout: "psql\n", stderr: "" });
    expect((await findTool(connect(), makePart({ title: "main" }))).command).toBe("psql");
    fakeDocker.answer = () => ({ code: 0, stdout: "", stderr: "" });
    await expect(findTool(connect(), makePart({ title: "main" }))).rejects.toThrow(
      "The image of main has none of psql, mongosh, redis-cli, valkey-cli, kafka-topics.sh.",
    );
  });
});

test("the administrator's password is read from the state, as Pulumi has secrets there", () => {
  const type = "command:local:Command";
  const stdout = {
    "4dabf18193072939515e22adb298388d": "1b47",
    plaintext: JSON.stringify('{"administrator":"pass"}'),
  };
  const resources = [
    {
      type,
      urn: `urn:pulumi:dev::shop::flotilla:index:Datastore$${type}::main-passwords`,
      outputs: { stdout },
    },
    { type, urn: `urn:pulumi:dev::shop::${type}::cache-passwords`, outputs: { stdout } },
  ];
  const state = JSON.stringify({ deployment: { resources } });
  expect(parsePassword(state, "main")).toBe("pass");
  expect(parsePassword(state, "cache")).toBeUndefined();
  expect(parsePassword("{}", "main")).toBeUndefined();
});

test("no password stands in the arguments that start a tool", () => {
  for (const tool of tools) {
    const args = renderShell(tool, "main", "/dev/shm/file", ["word"]);
    expect(args.slice(-2)).toEqual(["sh", "word"]);
    if (tool.needsPassword) expect(args.join(" ")).toContain("/dev/shm/file");
  }
});

describe.skipIf(process.platform === "win32")("in a real shell", () => {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-shell-"));
  const file = join(folder, "secret");
  afterEach(() => {
    rmSync(file, { force: true });
  });

  test("the file is for its own user alone, and has the text as it is", () => {
    execFileSync("sh", ["-e", "-c", renderSecretFile(file, 'it\'s "a" $secret')]);
    expect(readFileSync(file, "utf8")).toBe('it\'s "a" $secret');
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("redis-cli gets the password by its environment, and the file is gone", () => {
    execFileSync("sh", ["-e", "-c", renderSecretFile(file, "pass")]);
    const [, flag = "", script = "", ...words] = renderShell(nameTool("redis-cli"), "cache", file, [
      "GET",
      "a b",
    ]);
    const stub = script.replace("exec redis-cli", "printf '%s|' \"$REDISCLI_AUTH\"");
    const told = execFileSync("sh", [flag, stub, ...words], { encoding: "utf8" });
    expect(told).toBe("pass|--user|administrator|-h|cache|GET|a b|");
    expect(() => statSync(file)).toThrow();
  });

  test("Kafka's tools are found by the end of their names, each with its own option for the settings", () => {
    const [, flag = "", script = "", ...words] = renderShell(
      nameTool("/opt/kafka/bin/kafka-topics.sh"),
      "events",
      file,
      [...["console-consumer", "--topic", "a"]],
    );
    const stub = script.replace('"/opt/kafka/bin/$tool.sh"', 'printf "%s|" "$tool"');
    expect(execFileSync("sh", [flag, stub, ...words], { encoding: "utf8" })).toBe(
      "kafka-console-consumer|--bootstrap-server|events-1:9093|--consumer.config|/etc/flotilla/kafka/administrator.properties|--topic|a|",
    );
    const typed = execFileSync("sh", [flag, stub, "sh"], {
      encoding: "utf8",
      input: "topics --list\nexit\n",
    });
    expect(typed).toContain("kafka-topics|--bootstrap-server|events-1:9093|--command-config|");
    expect(typed).toContain("|--list|");
  });
});
