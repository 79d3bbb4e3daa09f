import { posix } from "node:path";
import { z } from "zod";
import type { Problem } from "../../arguments/problems";
import {
  closed,
  type Fields,
  flag,
  line,
  phrase,
  type Rule,
  text,
  whole,
} from "../../arguments/schema-parts";
import { isRootUser } from "../../../engine/containers";
import { inMemory, type Rights, startsAsRoot, usualProcesses } from "../../resources/rights";
import type { SecurityArgs } from "../../types";

/** A folder that is to be in memory. */
export const writableFolder = text(
  "be the absolute path of a folder in the container",
  (value) => posix.isAbsolute(value) && posix.normalize(value) === value && value !== "/",
);

/** Folders that can be written to where nothing else is said. */
const usualWritable = ["/tmp"];

/** Further capabilities. */
export const capabilities = z.array(
  text("be the name of a capability", /^(?!CAP_|ALL$)[A-Z_]+$/, "Write it like SYS_CHROOT."),
  phrase("be a list of capabilities"),
);

/** The rule that who asks for more rights says why. */
export function askForReason<Value extends { reason?: string | undefined }>(
  fields: string[],
  asks: (value: Value) => boolean,
): Rule<Value> {
  return {
    needs: [...fields, "reason"],
    find: (value) => {
      if (value.reason !== undefined || !asks(value)) return [];
      const rule = `say why, where ${fields.join(" or ")} is set`;
      return [{ path: ["reason"], value: undefined, rule, remedy: "Write what needs it, and why." }];
    },
  };
}

/** The rights of a replica, beyond those that its program's user has. */
export const security = closed(
  {
    strict: flag().default(false),
    writable: z.array(writableFolder, phrase("be a list of folders")).optional(),
    capabilities: capabilities.default([]),
    gainsRights: flag().default(false),
    processes: whole(16, 4_000_000).default(usualProcesses),
    reason: line("be a text on one line").optional(),
  } satisfies Fields<SecurityArgs>,
  "be an object with strict, writable, capabilities, gainsRights, processes or reason",
  undefined,
  [
    askForReason(
      ["capabilities", "gainsRights"],
      ({ capabilities: further, gainsRights }) => further.length > 0 || gainsRights,
    ),
    {
      needs: ["strict", "writable"],
      find: ({ strict, writable }): Problem[] => {
        if (strict || writable === undefined) return [];
        const remedy = "Remove it: everything can be written to that its user may write to.";
        return [{ path: ["writable"], value: writable, rule: "be left out where strict is not set", remedy }];
      },
    },
  ],
).prefault({});

/** The same, with everything filled in. */
export type Security = z.output<typeof security>;

interface Strict {
  security: Security;
  user?: string | undefined;
  mounts: { path: string }[];
  files: Record<string, unknown>;
  secretFiles: Record<string, unknown>;
}

/** The rules about a pool whose replicas have nothing of root's. */
export const strictRules: Rule<Strict>[] = [
  {
    needs: ["security", "user"],
    find: ({ security: { strict }, user }): Problem[] =>
      strict && user !== undefined && isRootUser(user)
        ? [{ path: ["user"], value: user, rule: "be another one than root where security.strict is set" }]
        : [],
  },
  {
    needs: ["security", "mounts.*.path"],
    find: ({ security: { strict, writable = usualWritable }, mounts }): Problem[] => {
      const rule = `lie outside of ${writable.join(", ")}, which security.strict has in memory`;
      return mounts.flatMap(({ path: value }, index) =>
        strict && isWithin(value, writable) ? [{ path: ["mounts", index, "path"], value, rule }] : [],
      );
    },
  },
  {
    needs: ["security", "files.", "secretFiles."],
    find: ({ security: { writable }, files, secretFiles }): Problem[] => {
      if (writable === undefined || !hasFiles({ files, secretFiles })) return [];
      const rule = "be left out beside files and secretFiles";
      const remedy =
        "Docker puts no file into a file system that can only be read: mount a volume with them.";
      return [{ path: ["security", "writable"], value: writable, rule, remedy }];
    },
  },
];

/** Whether files are put into a replica: the engine puts none into a file system that is read alone. */
function hasFiles({ files, secretFiles }: Pick<Strict, "files" | "secretFiles">): boolean {
  return Object.keys({ ...files, ...secretFiles }).length > 0;
}

function isWithin(path: string, folders: string[]): boolean {
  return folders.some((folder) => `${path}/`.startsWith(`${folder}/`));
}

/** For web applications whose image starts as root: as for servers, and ports below 1024. */
const usual = [...startsAsRoot.capabilities, "NET_BIND_SERVICE"];

/** The rights of a pool's replicas. */
export function resolveRights({ security: own, ...pool }: Omit<Strict, "mounts">): Rights {
  const { strict, writable = usualWritable, gainsRights, processes } = own;
  return {
    capabilities: [...new Set([...(strict ? [] : usual), ...own.capabilities])].sort(),
    gains: gainsRights,
    processes,
    ...(strict && !hasFiles(pool)
      ? { writable: Object.fromEntries(writable.map((path) => [path, inMemory])) }
      : {}),
  };
}
