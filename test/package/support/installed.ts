// The package where somebody has installed it, without npm.
import { cpSync, mkdirSync, readdirSync, symlinkSync } from "node:fs";
import { basename, join } from "node:path";

const root = join(__dirname, "../../..");

/** Lays out the packages of a folder as npm does: Flotilla as it was unpacked, and those of this repository. */
export function install(unpacked: string, folder: string): void {
  const modules = join(folder, "node_modules");
  mkdirSync(join(modules, ".bin"), { recursive: true });
  cpSync(unpacked, join(modules, "flotilla"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules")))
    if (!name.startsWith(".") && name !== "flotilla")
      symlinkSync(join(root, "node_modules", name), join(modules, name));
  symlinkSync("../flotilla/dist/cli/bin.js", join(modules, ".bin/flotilla"));
}

/** Copies an example to where nothing of this repository is, and installs its packages there. */
export function copyExample(name: string, home: string, unpacked: string): string {
  const folder = join(home, name);
  const filter = (file: string) => !["node_modules", ".pulumi-state"].includes(basename(file));
  cpSync(join(root, "examples", name), folder, { recursive: true, filter });
  install(unpacked, folder);
  return folder;
}
