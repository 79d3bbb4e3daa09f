import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { describeSchema, digestSchema, readSchema, schemaFile } from "../../cli/schema";
import { renderStackSchema, stackSchemaFile } from "../../cli/stack-schema";

const root = join(__dirname, "../..");

describe("the interface of the package", () => {
  let schema: Awaited<ReturnType<typeof readSchema>>;
  let text = "";
  beforeAll(async () => {
    schema = await readSchema();
    text = describeSchema(schema);
  }, 60_000);

  test("is what was agreed on; `npm run schema` takes a change over", () => {
    expect(text).toBe(readFileSync(schemaFile, "utf8"));
  });

  test("is what editors are told of stack files; `npm run schema` takes a change over", () => {
    expect(renderStackSchema(schema)).toBe(readFileSync(stackSchemaFile, "utf8"));
  });

  test("is in the changelog as it is now", () => {
    const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
    const [, newest] = /^- Interface `([0-9a-f]{8})`:/m.exec(changelog) ?? [];
    expect(newest).toBe(digestSchema(text));
  });

  test("has all components, with what they need and give", () => {
    const components = text.match(/^component .*/gm);
    expect(components).toEqual([
      "component Datastore",
      "component LoadBalancedService",
      "component Monitoring",
      "component Secret",
    ]);
    expect(text).toContain("  in  pools: map of PoolArgs\n");
    expect(text).toContain("  out connection: StoreConnection\n");
    expect(text).toContain("enum Strategy\n  BlueGreen = blue-green\n  Rolling = rolling\n");
  });

  test("has a type for everything", () => {
    expect(text).not.toContain(": anything");
    expect(text).not.toContain("Any");
  });

  test("changes its name with every change, and with nothing else", () => {
    const changed = structuredClone(schema);
    const args = changed.types["flotilla:index:PoolArgs"];
    if (args?.properties?.port === undefined) throw new Error("Pools have a port.");
    Object.assign(args.properties.port, { description: "Another sentence." });
    expect(digestSchema(describeSchema(changed))).toBe(digestSchema(text));
    args.required = ["port"];
    expect(digestSchema(describeSchema(changed))).not.toBe(digestSchema(text));
  });
});
