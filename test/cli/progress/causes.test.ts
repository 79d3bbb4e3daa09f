import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { projectFolder } from "../../../cli/bare/machine.cjs";
import { findCauses, findRemedy, isMisuse } from "../../../cli/progress/causes";
import { describeRefusal } from "../../../cli/progress/refusals";
import { endOf } from "./support";

const attempt = { command: "up", stack: "dev", isInterrupted: false };

describe("the cause of a failure stands once, without how it was run", () => {
  test("a version that does not become healthy, with the log of one replica and its command", () => {
    const causes = findCauses(endOf("unhealthy").errors, attempt);
    expect(causes).toMatchInlineSnapshot(`
      [
        "The replica api-1 (container shop-dev-app-api-1-e66pnju) is still not healthy after 8 s. Traffic stays where it was.
      Its health check says: answered 503
      Its last log lines:
        [api-1] listens on port 3000
      The replica api-2 is still not healthy after 8 s too. See its log with: docker logs shop-dev-app-api-2-w9w4umm
      The replica api-3 is still not healthy after 8 s too. See its log with: docker logs shop-dev-app-api-3-b602ov6",
      ]
    `);
    expect(findRemedy(causes, attempt)).toMatchInlineSnapshot(`
      "Its whole log: npm run logs -- api-1
      Put it right, then: npm run up"
    `);
  });

  test.each([
    [
      "no-image",
      'The image "registry.example.com/api:1.3" cannot be pulled: Error response from daemon: Get "https://registry.example.com/v2/": dial tcp: lookup registry.example.com on 127.0.0.11:53: no such host',
    ],
    [
      "bad-setting",
      'The configuration of stack dev: pools.api.port must be a whole number from 1 to 65535, got "none". Set the port that each replica listens on.',
    ],
    [
      "unknown-pool",
      'The configuration of stack dev: --replicas must name pools of the configuration, got "wbe". The pools are api, worker.',
    ],
  ])("%s", (log, cause) => {
    const causes = findCauses(endOf(log).errors, attempt);
    expect(causes).toEqual([cause]);
    expect(findRemedy(causes, attempt)).toBeUndefined();
  });

  test("numbers of replicas that a scale was told are those of its words", () => {
    const scale = { ...attempt, command: "scale" };
    expect(findCauses(endOf("unknown-pool").errors, scale)).toEqual([
      'The counts must name pools of the configuration, got "wbe". The pools are api, worker.',
    ]);
    const error =
      "The configuration of stack dev: FLOTILLA_REPLICAS.api must be a whole number from 1 to 5, got 9. Other numbers need another max.";
    expect(findCauses([error], scale)[0]).toContain("api must be a whole number from 1 to 5, got 9.");
    expect(findCauses([error], attempt)[0]).toContain("--replicas api must be");
    expect(isMisuse([error, "update failed"])).toBe(true);
    expect(isMisuse([error, "The disk is full."])).toBe(false);
  });

  test("an exception of the program, without the stack of calls", () => {
    const file = join(projectFolder, "index.js");
    const thrown = `Running program '${file}' failed with an unhandled exception:
TypeError: Cannot read properties of undefined (reading 'b')
    at go (${file}:4:26)
    at Module._compile (node:internal/modules/cjs/loader:1521:14)`;
    expect(findCauses([thrown], attempt)).toEqual([
      "The program index.js fails: TypeError: Cannot read properties of undefined (reading 'b')\n  in index.js:4",
    ]);
  });

  test("a module that is missing", () => {
    const file = join(projectFolder, "index.ts");
    const thrown = `Running program '${file}' failed with an unhandled exception:
Error: Cannot find module 'not-there'
Require stack:
- ${file}
    at Module._resolveFilename (node:internal/modules/cjs/loader:1207:15)
    at Object.<anonymous> (${file}:7:37) {
  code: 'MODULE_NOT_FOUND'
}`;
    expect(findCauses([thrown], attempt)).toEqual([
      "The program index.ts fails: Error: Cannot find module 'not-there'\n  in index.ts",
    ]);
  });

  test("an update that the user has ended", () => {
    const killed = 'signal: killed: running "eval(x)":\n';
    const interrupted = { ...attempt, isInterrupted: true };
    expect(findCauses([killed, "update canceled"], interrupted)).toEqual([]);
    expect(findCauses([killed, "update failed"], attempt)).toEqual([
      "A step was cut short (signal: killed).",
    ]);
    expect(findRemedy([], { ...attempt, stack: "prod", isInterrupted: true })).toBe(
      "Go on: npm run up -- --stack prod",
    );
  });
});

describe("what Pulumi refuses before it begins is said by us", () => {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-refusals-"));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  test("a stack's file that is no YAML, with its name and the line", () => {
    writeFileSync(join(folder, "Pulumi.yaml"), "name: shop\n");
    writeFileSync(
      join(folder, "Pulumi.dev.yaml"),
      "config:\n  flotilla:pools:\n    api: {image: x\n    port: 3\n",
    );
    const said =
      "error: getting stack configuration: invalid YAML file: yaml: line 2: did not find expected ','\n";
    expect(describeRefusal(said, "dev", folder)).toMatch(/^Pulumi\.dev\.yaml, line \d, column \d+: /);
  });

  test.each([
    [
      "a lock of somebody else's",
      "error: the stack is currently locked by 1 lock(s). Either wait for the other process(es) to end or delete the lock file with `pulumi cancel`.\n  file:///x.json: created by ann@other (pid 17) at 2026-11-27T06:00:00Z\n",
      'The stack dev is locked: ann@other (process 17, since 2026-11-27T06:00:00Z) is at work on it. Wait for the end. When nobody is at it any more:\n  eval "$(npm run -s env)"\n  pulumi cancel --stack dev',
    ],
    [
      "another passphrase",
      "error: incorrect passphrase\n",
      "The passphrase is not the one with which the secrets of the stack dev were encrypted. Set PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE to that one.",
    ],
    [
      "no passphrase",
      "error: get stack secrets manager: passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE environment variables\n",
      /^The passphrase of the stack dev must be set, got nothing\./,
    ],
    ["anything else", "warning: x\nerror: unknown flag: --parallell\n", "unknown flag: --parallell"],
    ["nothing", "", "Pulumi has ended without saying why."],
  ])("%s", (_, said, message) => {
    expect(describeRefusal(said, "dev", folder)).toMatch(message);
  });
});
