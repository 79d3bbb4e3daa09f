import { existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { findHoldings } from "../support/engine";
import { ask, watch } from "../support/requests";
import { record } from "../support/rows";
import { useWorkspace } from "../support/use-workspace";
import { readState, setSecret } from "./stack-secrets";
import { publishTiny, tinyPool, useTestImages } from "./tiny-image";
import { useRegistry } from "./use-registry";

const username = "deployer";
const password = "pass-Word-4711";
const wrongPassword = "not-this-0815";
const userConfig = join(process.env.DOCKER_CONFIG ?? join(homedir(), ".docker"), "config.json");

useTestImages();

describe.each(["basic", "bearer"] as const)("a registry that asks for %s credentials", (signIn) => {
  const registry = useRegistry({ credentials: { username, password, signIn } });
  const workspace = useWorkspace({ name: `credentials-${signIn}`, pools: {} });
  const image = () => `${registry().address}/private/tiny:1`;
  let configBefore: string;

  beforeAll(async () => {
    configBefore = readUserConfig();
    await publishTiny(image(), "one", { username, password });
    workspace().configure((settings) => {
      const { address } = registry();
      settings.pools = { api: tinyPool(image()) };
      settings.registry = { credentials: [{ address, username, password: "registryPassword" }] };
    });
  });

  test("fails with a readable message and starts nothing when the password is wrong", async () => {
    await setSecret(workspace(), "registryPassword", wrongPassword);
    const { ok, text, seconds } = await workspace().up();
    const { containers } = await findHoldings(workspace().label);
    const answer = await ask(workspace().url);
    const told =
      text.includes(`The image "${image()}" cannot be pulled`) && /unauthorized|denied/i.test(text);
    const held = !ok && told && containers.length === 0;
    record({ operation: `wrong password, ${signIn} (\`up\` fails)`, requests: 1, failed: 0, seconds, held });

    expect(ok).toBe(false);
    expect(told, text).toBe(true);
    expect(containers).toEqual([]);
    expect(answer).toBe("ECONNREFUSED");
    expectHidden(text, wrongPassword);
  });

  test("is pulled from with the credentials of the stack", async () => {
    await setSecret(workspace(), "registryPassword", password);
    const folder = join(dirname(workspace().folder), "temporary");
    mkdirSync(folder);
    const { text, seconds } = await workspace().deploy({ TMPDIR: folder });
    const left = readdirSync(folder, { recursive: true }).filter((name) =>
      String(name).endsWith("config.json"),
    );
    const answer = await ask(workspace().url);
    const held = typeof answer !== "string" && answer.body === "one";
    record({
      operation: `pull with credentials, ${signIn}`,
      requests: 1,
      failed: held ? 0 : 1,
      seconds,
      held,
    });

    expect(answer).toEqual({ status: 200, body: "one" });
    expect(left).toEqual([]);
    expectHidden(text, password);
  });

  test("is left alone by an update that changes nothing", async () => {
    const { text, changes } = await workspace().deploy();
    expect(changes, text).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
    expectHidden(text, password);
  });

  test("fails the update when the password is wrong for a new version, while traffic stays", async () => {
    await publishTiny(`${registry().address}/private/tiny:2`, "two", { username, password });
    workspace().configure((settings) => {
      settings.pools = { api: tinyPool(`${registry().address}/private/tiny:2`) };
    });
    await setSecret(workspace(), "registryPassword", wrongPassword);
    const stop = watch(workspace().url);
    const { ok, text, seconds } = await workspace().up();
    const seen = await stop();
    const failed = seen.filter(({ outcome }) => outcome !== 200).length;
    const operation = `wrong password for a new version, ${signIn} (\`up\` fails)`;
    record({ operation, requests: seen.length, failed, seconds, held: !ok && failed === 0 });

    expect(ok).toBe(false);
    expect(text).toContain("cannot be pulled");
    expect(failed).toBe(0);
    expect(await ask(workspace().url)).toEqual({ status: 200, body: "one" });
    expectHidden(text, wrongPassword);
  });

  test("repairs with the right password", async () => {
    await setSecret(workspace(), "registryPassword", password);
    const { text } = await workspace().deploy();
    expect(await ask(workspace().url)).toEqual({ status: 200, body: "two" });
    expectHidden(text, password);
  });

  /** Neither the output nor the state says it, also not as Docker's configuration does; the user's stays as it was. */
  function expectHidden(text: string, secret: string): void {
    const shown = `${text}\n${readState(workspace())}`;
    const encoded = Buffer.from(`${username}:${secret}`).toString("base64");
    expect(shown).not.toContain(secret);
    expect(shown).not.toContain(encoded);
    expect(shown).not.toContain(Buffer.from(secret).toString("base64"));
    expect(readUserConfig()).toBe(configBefore);
  }
});

function readUserConfig(): string {
  return existsSync(userConfig) ? readFileSync(userConfig, "utf8") : "";
}
