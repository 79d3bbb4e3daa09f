import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { makeFolder } from "./support/folders";
import { readYaml } from "./support/stack-settings";

const root = join(__dirname, "..");
const folder = join(root, ".github/workflows");

interface Step {
  uses?: string;
  run?: string;
  with?: Record<string, unknown>;
}

interface Workflow {
  on: Record<string, unknown>;
  permissions: Record<string, string>;
  jobs: Record<
    string,
    { if?: string; environment?: string; permissions?: Record<string, string>; steps: Step[] }
  >;
}

const files = readdirSync(folder);

describe.each(files)("the workflow %s", (file) => {
  const text = readFileSync(join(folder, file), "utf8");
  const { on, permissions, jobs } = readYaml(text) as Workflow;
  const steps = Object.values(jobs).flatMap((job) => job.steps);

  test("takes actions by commit, with the version beside it, and leaves no token in the checkout", () => {
    for (const { uses } of steps)
      if (uses !== undefined) {
        expect(uses).toMatch(/^[\w-]+\/[\w-]+@[0-9a-f]{40}$/);
        expect(text).toMatch(new RegExp(`${uses} # v\\d+\\.\\d+\\.\\d+\n`));
      }
    const checkouts = steps.filter(({ uses }) => uses?.startsWith("actions/checkout@"));
    expect(checkouts.map((step) => step.with?.["persist-credentials"])).toEqual(checkouts.map(() => false));
  });

  test("never runs a fork's code with this repository's rights", () => {
    expect(Object.keys(on)).not.toContain("pull_request_target");
    expect(Object.keys(on)).not.toContain("workflow_run");
    expect(Object.values(permissions)).not.toContain("write");
  });

  const writers = Object.values(jobs).filter((job) => Object.values(job.permissions ?? {}).includes("write"));

  test("signs only what a tag names, and only behind a review", () => {
    const signers = writers.filter((job) => job.permissions?.["id-token"] === "write");
    expect(signers.length).toBe(file === "release.yml" ? 1 : 0);
    for (const { permissions: rights, environment } of signers) {
      expect(rights).toEqual({ contents: "read", "id-token": "write" });
      expect(environment).toBe("npm");
      expect(on).toEqual({ push: { tags: ["v*"] } });
    }
  });

  test("writes only where no code of a pull request runs, and only for branches of this repository", () => {
    const commenters = writers.filter((job) => job.permissions?.["id-token"] === undefined);
    expect(commenters.length).toBe(file === "preview.yml" ? 1 : 0);
    for (const job of commenters) {
      expect(job.permissions).toEqual({ "pull-requests": "write" });
      expect(job.if).toContain("github.event.pull_request.head.repo.full_name == github.repository");
      expect(job.steps.filter(({ uses, run }) => uses !== undefined || /npm|node/.test(run ?? ""))).toEqual(
        [],
      );
    }
  });

  test("puts nothing that others write into a script", () => {
    expect(steps.filter(({ run }) => run?.includes("${{"))).toEqual([]);
  });

  test("runs scripts that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
      scripts: Record<string, string>;
    };
    const called = steps.flatMap(({ run = "" }) =>
      [...run.matchAll(/npm (?:run (?:--silent )?)?([a-z]+)/g)].map(([, name = ""]) => name),
    );
    const ofNpm = ["ci", "pack", "publish", "sbom"];
    expect(called.filter((name) => !ofNpm.includes(name) && scripts[name] === undefined)).toEqual([]);
  });
});

test("the secrets of the state are those of an environment, which can ask for an approval", () => {
  for (const file of readdirSync(folder)) {
    const { jobs } = readYaml(readFileSync(join(folder, file), "utf8")) as Workflow;
    for (const job of Object.values(jobs))
      if (JSON.stringify(job).includes("secrets.PULUMI_")) expect(job.environment).toBe("preview");
  }
  expect.assertions(1);
});

describe.runIf(process.platform === "linux")("the previews of a branch", () => {
  const { jobs } = readYaml(readFileSync(join(folder, "preview.yml"), "utf8")) as Workflow;
  const script = jobs.preview?.steps.find(({ run }) => run?.includes("preview.md"))?.run ?? "";

  test("hold what opens the state of `dev` alone", () => {
    const home = makeFolder();
    const npm = '#!/bin/sh\nenv | grep ^PULUMI_ | sed "s/^/$* /" >>seen\necho "of $*"\n';
    writeFileSync(join(home, "npm"), npm, { mode: 0o755 });
    const env = {
      PATH: `${home}:${process.env.PATH ?? ""}`,
      ...{ PULUMI_BACKEND_URL: "file://state", PULUMI_ACCESS_TOKEN: "", PULUMI_CONFIG_PASSPHRASE: "secret" },
      ...{ GITHUB_STEP_SUMMARY: join(home, "summary"), GITHUB_OUTPUT: join(home, "output") },
    };
    const { status, stderr } = spawnSync("bash", ["--norc", "-e", "-o", "pipefail", "-c", script], {
      ...{ cwd: home, env, encoding: "utf8" },
    });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    const seen = readFileSync(join(home, "seen"), "utf8").trim().split("\n");
    expect(seen.map((line) => line.replace(/.*--stack (\w+) .* (PULUMI_\w+)=.*/, "$1 $2")).sort()).toEqual([
      "dev PULUMI_BACKEND_URL",
      "dev PULUMI_CONFIG_PASSPHRASE",
    ]);
    expect(readFileSync(join(home, "summary"), "utf8")).toMatch(/--stack dev [^]*--stack prod /);
  });
});

describe.runIf(process.platform === "linux")("the comment", () => {
  const { jobs } = readYaml(readFileSync(join(folder, "preview.yml"), "utf8")) as Workflow;
  const script = jobs.comment?.steps[0]?.run ?? "";

  /** Runs the script with a `gh` that knows these comments; gives what it was told to write. */
  function comment(known: string): { calls: string; body: string } {
    const home = makeFolder();
    const gh = `#!/bin/sh\ncase $* in *--jq*) printf '%s' "$KNOWN" ;; *) echo "$*" >>calls ;; esac\n`;
    writeFileSync(join(home, "gh"), gh, { mode: 0o755 });
    const env = {
      PATH: `${home}:${process.env.PATH ?? ""}`,
      KNOWN: known,
      TEXT: "### Preview of `dev`\n\n$(touch broken) `api`",
      COMMENTS: "repos/a/b/issues/7/comments",
      COMMENT: "repos/a/b/issues/comments",
    };
    const { status, stderr } = spawnSync("bash", ["--norc", "-e", "-o", "pipefail", "-c", script], {
      cwd: home,
      env,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
    });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    expect(readdirSync(home)).not.toContain("broken");
    return {
      calls: readFileSync(join(home, "calls"), "utf8"),
      body: readFileSync(join(home, "comment.md"), "utf8"),
    };
  }

  test("is made once", () => {
    const { calls, body } = comment("");
    expect(calls).toBe("api --silent --method POST repos/a/b/issues/7/comments --field body=@comment.md\n");
    expect(body).toBe("<!-- flotilla previews -->\n### Preview of `dev`\n\n$(touch broken) `api`\n");
  });

  test("is updated from then on", () => {
    const { calls } = comment("42\n");
    expect(calls).toBe("api --silent --method PATCH repos/a/b/issues/comments/42 --field body=@comment.md\n");
  });
});
