import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { makeFolder } from "../../../support/folders";

const file = resolve(__dirname, "../../../..", "components/datastore/postgres/backup.sh");
const [create = ""] = /^create_roles\(\) [^]*?\n}\n/m.exec(readFileSync(file, "utf8")) ?? [];

/** What psql would be told for the roles of a dump. */
function tell(firstLine: string): string {
  const dump = join(makeFolder(), "dump");
  writeFileSync(dump, `${firstLine}\nPGDMP`);
  const script = `fail() { echo "$*" >&2; exit 1; }\nshow() { cat; }\n${create}create_roles "$1" show`;
  return execFileSync("sh", ["-c", script, "sh", dump], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}

test("psql makes the roles of a dump", () => {
  const query =
    "SELECT 'CREATE ROLE shop NOLOGIN' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shop')";
  expect(tell(query)).toBe(`${query}\n\\gexec\n`);
});

test.each(["\\! id", "SELECT 1 \\! id", "\\copy (SELECT 1) TO PROGRAM 'id'"])(
  "psql is told nothing of a dump that would have it run programs: %s",
  (line) => {
    expect(() => tell(line)).toThrow("has a backslash, by which it could run programs");
  },
);
