import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { root } from "../../docs/support/pages";
import { findRunning } from "../support/engine";
import { askForAnswer } from "../support/requests";
import { row } from "../support/rows";
import { useWalk } from "./support/walk";

const guide = "docs/updates.md";
const settings = readFileSync(join(root, "Pulumi.prod.yaml"), "utf8")
  .replace("port: 80\n", "port: 8080\n")
  .replace(/^.*\btls: .*\n/m, "")
  .replace("env: {POOL: api,", 'env: {POOL: api, VERSION: "1",');
const walk = useWalk({ prod: settings });

const file = () => `Pulumi.${walk().stack("prod")}.yaml`;
const up = () => walk().run(guide, "npm run up -- --stack prod");
const versionNow = async () => (await askForAnswer(walk().url)).version;

function git(...args: string[]): void {
  const author = ["-c", "user.name=test", "-c", "user.email=test@example.com"];
  execFileSync("git", [...author, ...args], { cwd: walk().folder });
}

beforeAll(() => {
  git("init", "--quiet");
  appendFileSync(join(walk().folder, ".git/info/exclude"), "node_modules\n");
  git("config", "user.name", "test");
  git("config", "user.email", "test@example.com");
  git("add", ".");
  git("commit", "--quiet", "--message=first");
});

test("a preview says what an update does, and the update loses no request", async () => {
  await up();
  walk().write(
    file(),
    readFileSync(join(walk().folder, file()), "utf8").replace('VERSION: "1"', 'VERSION: "2"'),
  );
  git("commit", "--quiet", "--all", "--message=second");
  expect(await walk().run(guide, "npm run preview -- --stack prod")).toMatch(/\d+ to (?:replace|create)/);
  expect(await walk().run(guide, "npm run preview -- --stack prod --markdown")).toContain(
    "| `api` | environment; 3 replaced, blue-green | 3 | 3 (100 %) |",
  );
  await row({ operation: "update by the guide", target: walk().url }, up);
  expect(await versionNow()).toBe("2");
});

test("the way back by Git loses none either", async () => {
  await row({ operation: "way back by the guide", target: walk().url }, () =>
    walk().run(guide, "git revert HEAD\nnpm run up -- --stack prod", {
      with: { "git revert HEAD": "git revert --no-edit HEAD" },
    }),
  );
  expect(await versionNow()).toBe("1");
});

test("an image that cannot be had leaves traffic where it was", async () => {
  const text = await walk().run(
    guide,
    "npm run up -- --stack prod --set pools.api.image=registry.example.com/api:1.3",
    { code: 1 },
  );
  expect(text).toContain("registry.example.com/api:1.3");
  expect(await versionNow()).toBe("1");
});

test("counts are for one run and later ones, a lock can be taken away, and a secret is set", async () => {
  await walk().run("docs/scaling.md", "npm run up -- --stack prod --replicas api=8,worker=4");
  expect(await findRunning(walk().label("prod"), "flotilla.role=replica")).toHaveLength(12);
  await walk().run("README.md", "npm run up -- --stack prod --replicas api=3");
  expect(await findRunning(walk().label("prod"), "flotilla.role=replica")).toHaveLength(7);
  const cancel = 'eval "$(npm run -s env)"\npulumi cancel --stack prod\nnpm run up -- --stack prod';
  const words = { "pulumi cancel --stack": "pulumi cancel --yes" };
  await walk().run(guide, cancel, { with: words });
  // A secret that no pool names is a mistake, so nothing is deployed after this.
  const input = "sk_test_1";
  const set = 'eval "$(npm run -s env)"\npulumi config set --secret STRIPE_KEY --stack prod';
  await walk().run("docs/security.md", set, { input });
  expect(readFileSync(join(walk().folder, file()), "utf8")).toMatch(/STRIPE_KEY:\n\s+secure: /);
});
