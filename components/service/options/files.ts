import { posix } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { z } from "zod";
import type { Problem } from "../../arguments/problems";
import { byName, type Rule } from "../../arguments/schema-parts";
import { secret, secretInput } from "../../arguments/secrecy";
import type { Mount } from "./mounts/schema";

/** Contents by the absolute path of a file in the container, which nobody may see. */
export const files = secret(byName(secretInput("be a text"), "be an object of texts by path"));

type Files = z.output<typeof files>;

/** The rules about paths in the container. */
export const containerPathRules: Rule<{ mounts: Mount[]; files: Files; secretFiles: Files }>[] = [
  { needs: ["files."], find: ({ files }) => checkPaths("files", files) },
  { needs: ["secretFiles."], find: ({ secretFiles }) => checkPaths("secretFiles", secretFiles) },
  { needs: ["mounts.*.path", "files.", "secretFiles."], find: findSharedPaths },
];

const isAbsoluteFile = (path: string): boolean => /^\/.*[^/]$/s.test(path);

function checkPaths(field: string, contents: Files): Problem[] {
  return Object.entries(contents)
    .filter(([path]) => !isAbsoluteFile(path))
    .map(([path, value]) => ({
      path: [field, path],
      value,
      rule: "stand under the absolute path of a file in the container",
    }));
}

function findSharedPaths({
  mounts,
  ...contents
}: {
  mounts: Mount[];
  files: Files;
  secretFiles: Files;
}): Problem[] {
  const places = [
    ...mounts.map(({ path }, index) => ({ at: ["mounts", index, "path"], path, value: path })),
    ...(["files", "secretFiles"] as const).flatMap((field) =>
      Object.entries(contents[field])
        .filter(([path]) => isAbsoluteFile(path))
        .map(([path, value]) => ({ at: [field, path], path, value: value })),
    ),
  ];
  const taken = new Set<string>();
  return places.flatMap(({ at, path, value }): Problem[] => {
    const normal = posix.normalize(path).replace(/(?<=.)\/$/, "");
    if (!taken.has(normal)) {
      taken.add(normal);
      return [];
    }
    const rule = "have a path of its own in the container";
    return [{ path: at, value, rule, remedy: "Another mount or file has the same one." }];
  });
}

/** The files that are put into a replica. */
export function renderUploads(pool: {
  files: Files;
  secretFiles: Files;
}): { file: string; content: pulumi.Input<string> }[] {
  return [
    ...Object.entries(pool.files).map(([file, content]) => ({ file, content })),
    ...Object.entries(pool.secretFiles).map(([file, content]) => ({ file, content: pulumi.secret(content) })),
  ];
}
