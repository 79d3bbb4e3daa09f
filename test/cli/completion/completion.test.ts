import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { commands } from "../../../cli/commands";
import { complete, type Names } from "../../../cli/completion/complete";
import { findNames } from "../../../cli/completion/names";
import { scripts, shells } from "../../../cli/completion/scripts";
import { fakeDocker, resetDocker } from "../../support/fake-docker";
import { makeFolder } from "../../support/folders";

const names: Names = {
  stacks: () => ["dev", "prod"],
  pools: (stack) => (stack === "prod" ? ["api", "web"] : ["api"]),
  stores: () => ["main"],
  parts: () => Promise.resolve(["api", "api-1", "balancer"]),
};

describe("the word at the cursor", () => {
  const cases: [string, string[]][] = [
    ["rest", ["restart", "restore"]],
    ["up --st", ["--stack"]],
    ["up --stack prod --s", ["--set", "--secrets-provider"]],
    ["up --stack ", ["dev", "prod"]],
    ["up -s p", ["prod"]],
    ["up --stack=p", ["--stack=prod"]],
    ["up --stack = p", ["--stack=prod"]],
    ["scale -s prod ", ["api=", "web="]],
    ["scale --stack=prod w", ["web="]],
    ["scale api=3 a", ["api="]],
    ["deploy --image ", ["api="]],
    ["restart ", ["api"]],
    ["exec ap", ["api", "api-1"]],
    ["exec api -- no", []],
    ["logs api b", ["balancer"]],
    ["shell ", ["main"]],
    ["maintenance o", ["on", "off"]],
    ["maintenance on ", ["api"]],
    ["completion f", ["fish"]],
    ["unlock ", []],
    ["nothing ", []],
  ];

  test.each(cases)("%j", async (line, expected) => {
    const found = await complete(commands, line.split(" "), names);
    expect(found.map(({ value }) => value)).toEqual(expected);
  });

  test("is explained where that helps", async () => {
    expect(await complete(commands, ["unl"], names)).toEqual([
      { value: "unlock", text: "lets a locked stack be changed again, whoever has locked it" },
    ]);
  });
});

describe("names", () => {
  beforeEach(resetDocker);

  test("stand in the stacks' files, and on the engine of the stack", async () => {
    const folder = makeFolder();
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
    const config =
      "  docker:host: ssh://host\n  flotilla:pools: {api: {}}\n  flotilla:datastores: {main: {}}\n";
    writeFileSync(join(folder, "Pulumi.prod.yaml"), `config:\n${config}`);
    fakeDocker.answer = () => ({
      code: 0,
      stdout: "api-1\t\t\t\t\n\t\t\tmain\tserver\n\tbalancer\t2\t\t\n",
      stderr: "",
    });
    const found = findNames(folder);
    expect(found.stacks()).toEqual(["prod"]);
    expect([found.pools("prod"), found.stores("prod")]).toEqual([["api"], ["main"]]);
    expect(await found.parts("prod")).toEqual(["api-1", "main", "balancer-2"]);
    expect(fakeDocker.runs[0]?.host).toBe("ssh://host");
    expect(found.pools("none")).toEqual([]);
  });
});

function has(program: string): boolean {
  return spawnSync(program, ["--version"]).error === undefined;
}

describe("a script of a shell", () => {
  test.each(shells.filter((shell) => shell !== "powershell" && has(shell)))("of %s can be read", (shell) => {
    const file = join(makeFolder(), "script");
    writeFileSync(file, scripts[shell]);
    const { status, stderr } = spawnSync(shell, ["-n", file]);
    expect([status, String(stderr)]).toEqual([0, ""]);
  });

  /** What bash offers at the end of a line, where `flotilla` prints what it is asked, behind these words. */
  function offer(line: string, answers: string): string[] {
    const folder = makeFolder();
    mkdirSync(join(folder, "bin"));
    const program = `#!/bin/sh\nprintf '%s\\n' "$*" >>${folder}/asked\nprintf '${answers}'\n`;
    writeFileSync(join(folder, "bin/flotilla"), program, { mode: 0o755 });
    const script = `${scripts.bash}
compopt() { echo "nospace"; }
COMP_LINE=$1; COMP_WORDS=($1); [[ $1 == *' ' ]] && COMP_WORDS+=(''); COMP_CWORD=$((\${#COMP_WORDS[@]} - 1))
_flotilla_complete
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p flotilla
cat ${folder}/asked`;
    const environment = { PATH: [join(folder, "bin"), process.env.PATH].join(delimiter) };
    return execFileSync("bash", ["-c", script, "bash", line], { env: environment }).toString().split("\n");
  }

  test.skipIf(!has("bash"))("completes in bash", () => {
    expect(offer("flotilla rest", "restart\\tmakes anew\\nrestore\\tputs back\\n")).toEqual([
      ...["restart", "restore", "complete -F _flotilla_complete flotilla"],
      ...["completion bash -- rest", ""],
    ]);
    expect(offer("flotilla scale ", "api=\\n")).toEqual([
      ...["nospace", "api=", "complete -F _flotilla_complete flotilla"],
      ...["completion bash -- scale ", ""],
    ]);
  });
});
