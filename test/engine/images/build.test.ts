import { cpSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { dockerLines } from "../support/engine";
import { useWorkspace } from "../support/use-workspace";
import { testLabel, useTestImages, renderSettings } from "./tiny-image";
import { expectAnswer, upToAnswer, upWithoutChange, watched } from "./watched";

const dockerfile = `
FROM nginx:1.30.4 AS base
LABEL ${testLabel}
ARG GREETING=none
COPY app.conf text.txt /
RUN sed -i "s/TEXT/$GREETING $(cat /text.txt)/" /app.conf
ENTRYPOINT []
CMD ["nginx", "-c", "/app.conf"]

FROM base AS loud
RUN sed -i 's/return 200 "/return 200 "LOUD /' /app.conf

FROM base AS quiet
`;

const build = { context: "site", dockerfile: "Dockerfile", args: { GREETING: "hello" } };
const healthCheck = { intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 20 };
useTestImages();
const workspace = useWorkspace({ name: "build", pools: { api: { build, port: 8000, healthCheck } } });
const repository = () => `flotilla/flotilla-${workspace().stack}-app-api-image`;
const findVersions = () => dockerLines("image", "ls", "--format={{.Tag}} {{.ID}}", repository());
const keptVersions = 10;

beforeAll(async () => {
  write("Dockerfile", dockerfile);
  write("app.conf", renderSettings("TEXT"));
  write("text.txt", "one");
  write(".dockerignore", "*.md\n");
  write("notes.md", "first");
  await workspace().deploy();
});

test("a build context is built with its arguments, and is no new version while it stays", async () => {
  await expectAnswer(workspace(), "hello one");
  await upWithoutChange(workspace(), "unchanged build context (0 changes)");
});

test("a changed file that is ignored is no new version", async () => {
  write("notes.md", "second");
  await upWithoutChange(workspace(), "changed ignored file (0 changes)");
});

test("the same context in another checkout is no new version", async () => {
  const second = workspace().secondCheckout();
  cpSync(join(workspace().folder, "site"), join(second.folder, "site"), { recursive: true });
  await upWithoutChange(second, "build context in a second checkout (0 changes)");
});

test("a changed file, a changed argument and a changed target are new versions", async () => {
  write("text.txt", "two");
  await upToAnswer(workspace(), "changed file of a build context", "hello two");
  configureBuild({ args: { GREETING: "good day" } });
  await upToAnswer(workspace(), "changed build argument", "good day two");
  configureBuild({ args: { GREETING: "good day" }, target: "loud" });
  await upToAnswer(workspace(), "changed build target", "LOUD good day two");
});

test("a build that fails fails the update with the builder's last lines, and traffic stays", async () => {
  write("Dockerfile", `${dockerfile}RUN echo these are the last words >&2; exit 7\n`);
  configureBuild({});
  const text = await failToBuild("build that fails");
  expect(text).toContain("The image of site cannot be built. Traffic stays where it was.");
  expect(text).toContain("these are the last words");
  expect(text).toMatch(/exit code: 7|non-zero code: 7/);
  const steps = ["--filter=status=exited", `--filter=label=${testLabel}`];
  expect(await dockerLines("ps", "--all", "--quiet", ...steps)).toEqual([]);
});

test("a Dockerfile that is gone fails the update, and traffic stays", async () => {
  configureBuild({ dockerfile: "gone/Dockerfile" });
  expect(await failToBuild("Dockerfile that is gone")).toContain(
    'must be a file in the build context "site", got "gone/Dockerfile".',
  );
});

test("a good build repairs", async () => {
  write("Dockerfile", dockerfile);
  configureBuild({});
  await upToAnswer(workspace(), "good build after bad ones", "hello two");
});

test("only the last ten versions are kept", async () => {
  for (const text of ["three", "four", "five", "six", "seven", "eight", "nine"]) {
    write("text.txt", text);
    await upToAnswer(workspace(), `version ${text} of a build context`, `hello ${text}`);
  }
  expect(await findVersions()).toHaveLength(keptVersions);
});

test("a version that is kept comes back without a build, one that is not is built again", async () => {
  const before = await findVersions();
  write("text.txt", "four");
  await upToAnswer(workspace(), "back to a kept version", "hello four");
  expect(await findVersions()).toEqual(before);
  write("text.txt", "one");
  await upToAnswer(workspace(), "back to a version that is gone", "hello one");
  expect(await findVersions()).toHaveLength(keptVersions);
});

test("versions with the same content are there as well", async () => {
  for (const number of [1, 2, 3, 4, 5, 6]) {
    write("unused.txt", String(number));
    await upToAnswer(workspace(), `version with unchanged content, ${number}`, "hello one");
  }
  expect(await findVersions()).toHaveLength(keptVersions);
});

/** An update that must fail while the version before answers; gives what Pulumi said. */
async function failToBuild(what: string): Promise<string> {
  const { text } = await watched({
    operation: `${what} (\`up\` fails)`,
    workspace: workspace(),
    operate: () => workspace().up(),
    check: async ({ ok }) => {
      expect(ok).toBe(false);
      await expectAnswer(workspace(), "LOUD good day two");
    },
  });
  return text;
}

function write(file: string, text: string): void {
  const folder = join(workspace().folder, "site");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, file), text);
}

function configureBuild(change: Record<string, unknown>): void {
  workspace().configure(({ pools }) => {
    pools.api = { ...pools.api, build: { ...build, ...change } };
  });
}
