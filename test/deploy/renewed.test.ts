import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { beforeEach, expect, test } from "vitest";
import { deriveSh } from "../../deploy/texts";
import { composeShell } from "../../engine/shell";
import { makeFolder } from "../support/folders";

let folder: string;

beforeEach(() => {
  folder = makeFolder();
  write("next/renewed", "certificates/1.pem certificates/1.key\n");
  write("next/certificates/1.pem", "made");
  write("next/certificates/1.key", "made");
  write("next/expiries", "certificates/1.pem 1\ncertificates/2.pem 2\n");
});

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

const read = (path: string): string => readFileSync(join(folder, path), "utf8");

/** Derives what follows from the configuration in the folder `next`. */
function renew(): void {
  const values = { acme_user: `${process.getuid?.()}:${process.getgid?.()}` };
  const { status, stderr } = spawnSync("sh", ["-e", "-s"], {
    cwd: folder,
    input: composeShell(values, deriveSh, "renew next\n"),
    encoding: "utf8",
  });
  expect(status, stderr).toBe(0);
}

test("without a certificate of an authority the one that was made stays, and there is a place for the other", () => {
  renew();
  expect(read("next/certificates/1.pem")).toBe("made");
  expect(existsSync(join(folder, "acme/webroot"))).toBe(true);
});

test("an authority's certificate takes its place, with its end", () => {
  write("acme/given-12/certificate.pem", "given");
  write("acme/given-12/key.pem", "given key");
  write("acme/given-12/expires", "99\n");
  symlinkSync("given-12", join(folder, "acme/current"));
  renew();
  expect(read("next/certificates/1.pem")).toBe("given");
  expect(read("next/certificates/1.key")).toBe("given key");
  expect(read("next/expiries").trim().split("\n")).toEqual(["certificates/1.pem 99", "certificates/2.pem 2"]);
});

test("a link that leads elsewhere is not followed", () => {
  write("elsewhere/certificate.pem", "other");
  mkdirSync(join(folder, "acme"), { recursive: true });
  symlinkSync("../elsewhere", join(folder, "acme/current"));
  renew();
  expect(read("next/certificates/1.pem")).toBe("made");
});
