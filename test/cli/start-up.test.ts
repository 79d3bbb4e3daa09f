import { execFileSync } from "node:child_process";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";

const root = resolve(__dirname, "../..");

// Pulumi alone takes half a second: each command would, also one that completes a word at a terminal.
test.each(["commands", "clone-commands"])(
  "the table %s loads no package that only some commands need",
  (table) => {
    const program = `require("./cli/${table}.ts"); console.log(Object.keys(require.cache).join("\\n"))`;
    const loaded = execFileSync(
      process.execPath,
      ["--require", join(root, "loader/register.cjs"), "--eval", program],
      { cwd: root, encoding: "utf8" },
    );
    expect(loaded).toContain(join(root, "cli", `${table}.ts`));
    const packages = loaded.matchAll(/[\\/]node_modules[\\/](@pulumi|yaml|zod)[\\/]/g);
    expect([...packages].map(([, name]) => name)).toEqual([]);
  },
);
