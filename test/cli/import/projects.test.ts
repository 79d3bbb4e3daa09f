// Projects of Compose of every kind, each with what becomes of it as a golden file: the stack's file, which is checked as `up`
// checks it, and the report.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { findMistakes } from "../../../importing/check";
import { importCompose, type Imported, type ImportRequest } from "../../../importing/import";
import { describePlace } from "../../../importing/place";
import { describeReport, renderReport } from "../../../importing/report";
import { renderStack } from "../../../importing/write";
import { readYaml } from "../../support/stack-settings";

const projects = join(__dirname, "projects");
const golden = join(__dirname, "../../golden/import");
const isUpdate = process.env.UPDATE_GOLDEN === "1";
const names = readdirSync(projects).sort();

/** What some are imported with. */
const told: Record<string, Partial<ImportRequest>> = {
  copies: { nginx: join(projects, "copies/nginx.conf") },
  profiles: { profiles: ["dev"] },
};

/** Texts of the projects that nobody may see. */
const secrets =
  /correct-horse|not-for-anyone|django-insecure|hunter2|very-secret|tok-123|changeme|please-change|sk-proj|0123456789|X-Api-Key "?abc|guest:guest/;

function importProject(name: string): Imported {
  const folder = join(projects, name);
  return importCompose({ folder, output: folder, files: [], profiles: [], envFiles: [], environment: {}, ...told[name] });
}

/** What comes of a project, as text. */
async function describeImport(name: string): Promise<string> {
  const folder = join(projects, name);
  const imported = importProject(name);
  if (!imported.ok)
    return imported.faults.map(({ place, text }) => `${describePlace(folder, place)}: ${text}\n`).join("");
  const { settings, report } = imported;
  const mistakes = await findMistakes(settings, report.secrets.keys(), { folder, stack: "dev" });
  const parts = [renderStack(settings), renderReport(describeReport(report, folder), "dev")];
  return [...(mistakes === undefined ? [] : [`MISTAKES: ${mistakes}\n`]), ...parts].join("\n").replaceAll(folder, "<folder>");
}

describe.each(names)("%s", (name) => {
  test("becomes what its golden file says, and what `up` takes", async () => {
    const text = await describeImport(name);
    const file = join(golden, `${name}.txt`);
    if (isUpdate) {
      mkdirSync(golden, { recursive: true });
      writeFileSync(file, text);
    }
    expect(text).toBe(existsSync(file) ? readFileSync(file, "utf8") : "");
    expect(text).not.toContain("MISTAKES");
    expect(text).not.toMatch(secrets);
  });

  test("is written as YAML that says the same", () => {
    const imported = importProject(name);
    if (!imported.ok) {
      expect(name).toBe("faults");
      return;
    }
    const { config } = readYaml(renderStack(imported.settings)) as { config: Record<string, unknown> };
    expect(config["flotilla:pools"]).toEqual(JSON.parse(JSON.stringify(imported.settings.pools)));
  });
});
