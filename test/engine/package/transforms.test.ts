import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { quiet } from "../support/workspace";
import { createOutsideProject, type OutsideProject, testedPackage } from "../support/outside-project";

const page = readFileSync(resolve(__dirname, "../../../docs/transforms.md"), "utf8");

/** The program that the guide shows below this mark. */
function example(mark: string): string {
  const [, program] = new RegExp(`<!-- example: ${mark} -->\n\n\`\`\`ts\n(.*?)\`\`\``, "s").exec(page) ?? [];
  if (program === undefined) throw new Error(`The guide has no example ${mark}.`);
  return program;
}

interface Step {
  op: string;
  newState?: { urn: string; type: string; inputs?: Record<string, unknown> };
}

describe("the examples of the guide to transforms", () => {
  let project: OutsideProject | undefined;
  beforeAll(async () => {
    project = await createOutsideProject({
      name: "transforms",
      files: { "Pulumi.yaml": "name: transforms\nruntime: nodejs\n", "index.ts": "", "tsconfig.json": "{}" },
      packages: [testedPackage("typescript"), testedPackage("@types/node")],
    });
  });
  afterAll(() => project?.remove());

  /** What a preview of the program would make, by name. */
  async function preview(program: string): Promise<Map<string, Record<string, unknown>>> {
    if (project === undefined) throw new Error("The project is made before the tests.");
    writeFileSync(join(project.folder, "index.ts"), program);
    const printed = await project.run("pulumi", "preview", `--stack=${project.stack}`, "--json", ...quiet);
    const { steps } = JSON.parse(printed.slice(printed.indexOf("{\n"))) as { steps: Step[] };
    return new Map(
      steps.map(({ newState }) => [newState?.urn.split("::").at(-1) ?? "", newState?.inputs ?? {}]),
    );
  }

  test("replicas get what they have no argument for, and nothing else does", async () => {
    const made = await preview(example("replicas"));
    for (const name of ["shop-api-1", "shop-api-2"])
      expect(made.get(name)).toMatchObject({
        ulimits: [{ name: "nofile", soft: 4096, hard: 8192 }],
        hosts: [{ host: "billing.internal", ip: "10.20.0.7" }],
      });
    expect(made.get("shop-balancer")).toBeDefined();
    expect(made.get("shop-balancer")?.ulimits).toBeUndefined();
  });

  test("a network gets its addresses", async () => {
    const made = await preview(example("network"));
    expect(made.get("shop-public-network")).toMatchObject({ ipamConfigs: [{ subnet: "10.77.0.0/24" }] });
  });

  test("everything that Docker has gets a label beside Flotilla's own", async () => {
    const made = await preview(example("labels"));
    for (const name of ["cache-server", "cache-network", "cache-data"]) {
      const { labels } = made.get(name) as { labels: { label: string }[] };
      expect(labels.map(({ label }) => label)).toEqual(expect.arrayContaining(["flotilla.stack", "team"]));
    }
  });
});
