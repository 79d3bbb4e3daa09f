import { expect, test } from "vitest";
import { ArgumentError } from "../../cli/arguments";
import { readBackupArguments } from "../../cli/backup-arguments";

const usual = { stack: "dev", id: "latest", yes: false, json: false };

test.each([
  ["backup main", { ...usual, command: "backup", store: "main" }],
  ["backup main --list", { ...usual, command: "list", store: "main" }],
  [
    "backup main --stack prod --json",
    { ...usual, command: "backup", store: "main", stack: "prod", json: true },
  ],
  ["restore main", { ...usual, command: "restore", store: "main" }],
  [
    "restore main latest -y -s prod",
    { ...usual, command: "restore", store: "main", stack: "prod", yes: true },
  ],
  [
    "restore main 20261121T030000Z-abcdef",
    { ...usual, command: "restore", store: "main", id: "20261121T030000Z-abcdef" },
  ],
])("%s", (line, expected) => {
  expect(readBackupArguments(line.split(" "))).toEqual(expected);
});

test("help is given where it is asked for", () => {
  expect(readBackupArguments(["backup", "--help"])).toBeUndefined();
});

test.each([
  ["backup", "The name of a datastore must be given, got nothing."],
  ["backup main other", "There is no use for other."],
  ["restore main latest other", "There is no use for other."],
  ["restore main --list", "--list is for backup."],
  ["backup main --stack a:b", '--stack must be the name of a stack, got "a:b".'],
  ["backup main --force", "--force"],
])("%s is refused", (line, message) => {
  expect(() => readBackupArguments(line.split(" "))).toThrow(ArgumentError);
  expect(() => readBackupArguments(line.split(" "))).toThrow(message);
});
