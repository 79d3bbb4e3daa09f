// What compilers find of the package, in each way that they look for types; the program comes from the registry.
import { expect, test } from "vitest";
import { packFlotilla } from "../support/outside-project";
import { start } from "../support/processes";

const checker = "@arethetypeswrong/cli@0.18.5";

interface Analysis {
  problems: Record<string, unknown[]>;
}

test("are the types wrong? They are not, for any way of finding them", async () => {
  const tarball = await packFlotilla();
  const args = ["--yes", "--prefer-offline", checker, tarball, "--format", "json"];
  const { code, text } = await start("npx", args, process.cwd(), process.env).ended;
  expect(code, text).toBe(0);
  const { problems } = JSON.parse(text.slice(text.indexOf("{"))) as Analysis;
  expect(problems).toEqual({});
});
