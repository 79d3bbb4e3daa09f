import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { root } from "../../docs/support/pages";
import { docker, findRunning } from "../support/engine";
import { useWalk } from "./support/walk";

const guide = "docs/backups.md";
const settings = readFileSync(join(root, "Pulumi.dev.yaml"), "utf8")
  .replace(
    /cache: \{engine: redis.*/,
    "main: {engine: redis, limits: {memoryMiB: 96}, backup: {encrypt: true}}",
  )
  .replace("REDIS_URL: cache", "REDIS_URL: main")
  .replace(/^ *flotilla:monitoring:[^]*/m, "");
const walk = useWalk({ dev: settings });

let address: string;

/** Runs a command of Redis as an application does. */
async function redis(...command: string[]): Promise<string> {
  const [server = ""] = await findRunning(walk().label("dev"), "flotilla.role=store");
  return docker("exec", server, "redis-cli", "--no-auth-warning", "-u", address, ...command);
}

test("a backup is made, listed and restored", async () => {
  await walk().run("docs/backups.md", "npm run up");
  const output = "pulumi stack output stores --show-secrets";
  const words = { [output]: `eval "$(npm run -s env)"; ${output} --json` };
  const printed = await walk().run(guide, output, { with: words });
  const { main } = JSON.parse(printed.slice(printed.indexOf("{"))) as {
    main: { url: string; backupKey: string };
  };
  expect(main.backupKey.length).toBeGreaterThan(31);
  address = main.url;
  await redis("SET", "kept", "1");
  expect(await walk().run(guide, "npm run backup -- main")).toMatch(/db0 1 .*verified/);
  const listed = await walk().run(guide, "npm run backup -- main --list");
  const [id = ""] = /\d{8}T\d{6}Z-\w+/.exec(listed) ?? [];
  await redis("SET", "kept", "2");

  // Nobody can answer the question here, so nothing is changed.
  expect(await walk().run(guide, "npm run restore -- main", { code: 1 })).toContain("add --yes");
  expect(await redis("GET", "kept")).toBe("2");
  const chosen = { "20261121T030000Z-1a2b3c": id, [walk().stack("prod")]: walk().stack("dev") };
  const restore = "npm run restore -- main 20261121T030000Z-1a2b3c --yes --stack prod";
  await walk().run(guide, restore, { with: chosen });
  expect(await redis("GET", "kept")).toBe("1");
});

test("at a terminal, a restore asks first", async () => {
  await redis("SET", "kept", "3");
  const atTerminal = `script --quiet --return --command "npm run restore -- --stack ${walk().stack("dev")} main" /dev/null`;
  const command = `npm run restore -- --stack ${walk().stack("dev")} main`;
  const asked = await walk().run(guide, "npm run restore -- main", {
    with: { [command]: atTerminal },
    input: "no\n",
    code: 1,
  });
  expect(asked).toContain("Restore it? (yes/no)");
  expect(await redis("GET", "kept")).toBe("3");
  await walk().run(guide, "npm run restore -- main", { with: { [command]: atTerminal }, input: "yes\n" });
  expect(await redis("GET", "kept")).toBe("1");
});

test("all of it goes on request", async () => {
  const skip = "npm run up -- --stack prod --set datastores.main.backup.beforeDeployment=false";
  await walk().run(guide, skip, { with: { [walk().stack("prod")]: walk().stack("dev") } });
  const down = { "npm run down -- --stack": "npm run down -- --yes --stack" };
  await walk().run("docs/stores.md", "npm run down -- --volumes", { with: down });
  // Backups stay, wherever they are.
  const left = await docker(
    "volume",
    "ls",
    "--quiet",
    `--filter=label=flotilla.stack=${walk().label("dev")}`,
  );
  expect(left).toBe(`flotilla-${walk().stack("dev")}-main-backups`);
});
