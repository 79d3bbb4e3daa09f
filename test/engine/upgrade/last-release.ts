import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";

/** What users have deployed, and come from. */
export const lastRelease = { version: "0.1.0", commit: "2f1e419" };

const root = resolve(__dirname, "../../..");

/** Takes the files of the last release, or of another commit, out of the repository's own history into a folder, and does something with them. */
export async function withLastRelease<Result>(
  use: (folder: string) => Promise<Result>,
  { commit }: { commit: string } = lastRelease,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "flotilla-release-"));
  try {
    const archive = execFileSync("git", ["archive", "--format=tar", commit], {
      cwd: root,
      maxBuffer: 1024 ** 3,
    });
    execFileSync("tar", ["-x", "-C", folder], { input: archive });
    return await use(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
