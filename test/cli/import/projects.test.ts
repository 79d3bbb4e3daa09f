// Projects of Compose of every kind, each with what becomes of it as a golden file: the stack's file, which is checked as `up`
// checks it, and the report.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import { findMistakes } from "../../../importing/check";
import { importCompose, type Imported, type ImportRequest } from "../../../importing/import";
import { describePlace } from "../../../importing/place";
import { describeReport, renderReport } from "../../../importing/report";
import { renderStack } from "../../../importing/write";
import { makeFolder } from "../../support/folders";
import { readYaml } from "../../support/stack-settings";

const projects = join(__dirname, "projects");
const golden = join(__dirname, "../../golden/import");
const isUpdate = process.env.UPDATE_GOLDEN === "1";
const names = readdirSync(projects).sort();

/** What some are imported with. */
const told: Record<string, Partial<ImportRequest>> = {
  copies: { nginx: join(projects, "copies/nginx.conf") },
  "every-key": { profiles: ["all"] },
  profiles: { profiles: ["dev"] },
};

/** Texts of the projects that nobody may see. */
const secrets =
  /correct-horse|not-for-anyone|django-insecure|hunter2|very-secret|tok-123|changeme|please-change|sk-proj|0123456789|X-Api-Key "?abc|guest:guest/;

function importProject(name: string): Imported {
  const folder = join(projects, name);
  return importCompose({
    folder,
    output: folder,
    files: [],
    profiles: [],
    envFiles: [],
    environment: {},
    ...told[name],
  });
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
  return [...(mistakes === undefined ? [] : [`MISTAKES: ${mistakes}\n`]), ...parts]
    .join("\n")
    .replaceAll(folder, "<folder>");
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

describe("the guide", () => {
  const page = join(__dirname, "../../../docs/from-compose.md");
  const [start, end] = [
    "<!-- The imports: written by FLOTILLA_WRITE_DOCS=true. Do not edit. -->\n",
    "<!-- End of the imports. -->",
  ];

  test("has a line for each project; FLOTILLA_WRITE_DOCS=true takes a change over", async () => {
    const heads = ["project", "taken over", "differently", "not"];
    const rows = names.flatMap((name) => {
      const imported = importProject(name);
      if (!imported.ok) return [];
      const { taken, changed, left } = countLines(
        renderReport(describeReport(imported.report, projects), "dev"),
      );
      return [[`\`${name}\``, String(taken), String(changed), String(left)]];
    });
    const text = readFileSync(page, "utf8");
    const [before = "", rest = ""] = text.split(start);
    const drawn = `${before}${start}\n${drawTable([heads, ...rows])}\n\n${end}${rest.split(end)[1] ?? ""}`;
    if (process.env.FLOTILLA_WRITE_DOCS === "true") writeFileSync(page, drawn);
    expect(await Promise.resolve(readFileSync(page, "utf8"))).toBe(drawn);
  });

  test("shows what its example becomes", () => {
    const [compose = "", nginx = "", stack = ""] = [
      ...readFileSync(page, "utf8").matchAll(/```(?:yaml|nginx)\n(.*?)```/gs),
    ].map(([, block = ""]) => block);
    const folder = makeFolder();
    for (const [name, text] of [
      ["docker-compose.yml", compose],
      ["nginx.conf", nginx],
      ["public/static/app.css", "body {}"],
      ["api/Dockerfile", "FROM node:24-slim"],
      ["eta/Dockerfile", "FROM python:3.14-slim"],
    ] as const) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    const request = { folder, output: folder, files: [], profiles: [], envFiles: [], environment: {} };
    const imported = importCompose(request);
    expect(imported.ok && readYaml(renderStack(imported.settings))).toEqual(readYaml(stack));
  });
});

/** How many lines a report has of each kind. */
function countLines(text: string): Record<"taken" | "changed" | "left", number> {
  const count = (title: string): number =>
    Number(new RegExp(`^${title} \\((\\d+)\\)`, "m").exec(text)?.[1] ?? 0);
  return { taken: count("Taken over"), changed: count("Decided differently"), left: count("Not taken over") };
}

/** A table of Markdown as Prettier has it. */
function drawTable(rows: string[][]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(3, ...rows.map((row) => (row[at] ?? "").length)));
  const draw = (row: string[]): string =>
    `| ${row.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join(" | ")} |`;
  const [head = [], ...others] = rows;
  return [draw(head), draw(widths.map((width) => "-".repeat(width))), ...others.map(draw)].join("\n");
}
