import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { type S3Server, startS3 } from "../../../support/s3-server";
import { docker, findHostAddress } from "../../support/engine";
import { findFreePort } from "../../support/ports";
import type { TrialPlace } from "./restored";

const damageScript = (pattern: string): string => `
  const fs = require("fs");
  const [file] = fs.readdirSync("/backups", { recursive: true }).filter((name) => name.endsWith(${JSON.stringify(pattern)}));
  const bytes = fs.readFileSync("/backups/" + file);
  bytes[bytes.length >> 1] ^= 1;
  fs.writeFileSync("/backups/" + file, bytes);`;

const damageFile = async (keeper: string, id: string): Promise<void> => {
  await docker("exec", keeper, "node", "-e", damageScript(`${id}.backup`));
};

const readFiles = (keeper: string): Promise<string> =>
  docker("exec", keeper, "sh", "-c", "cat /backups/*/*.backup | od -An -c | tr -d ' \\n'");

/** The volume that backups have unless something else is said. */
export const ownVolume: TrialPlace = {
  title: "a volume",
  to: () => undefined,
  secrets: () => ({}),
  read: readFiles,
  damage: damageFile,
};

/** A folder of the host. */
export function useFolder(): TrialPlace {
  let folder = "";
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "flotilla-backups-"));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return {
    title: "a folder",
    to: () => ({ folder }),
    secrets: () => ({}),
    read: () => {
      const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
      const contents = names.filter((name) => name.endsWith(".backup"));
      return Promise.resolve(contents.map((name) => readFileSync(join(folder, name), "latin1")).join(""));
    },
    damage: damageFile,
  };
}

/** Storage that speaks S3, on this machine; it checks signatures. */
export function useS3(): TrialPlace & { server: () => S3Server } {
  let server: S3Server | undefined;
  const get = (): S3Server => {
    if (server === undefined) throw new Error("The storage is started before the tests.");
    return server;
  };
  beforeAll(async () => {
    server = await startS3(await findHostAddress(), await findFreePort());
  });
  afterAll(() => server?.close());
  return {
    title: "S3",
    to: () => ({
      s3: {
        endpoint: get().endpoint,
        bucket: get().bucket,
        prefix: "trials",
        accessKey: "storageId",
        secretKey: "storageKey",
      },
    }),
    secrets: () => ({ storageId: get().accessKey, storageKey: get().secretKey }),
    read: () => {
      const stored = [...get().objects].filter(([name]) => name.endsWith(".backup"));
      return Promise.resolve(stored.map(([, bytes]) => bytes.toString("latin1")).join(""));
    },
    damage: (_, id) => {
      const [name = ""] = [...get().objects.keys()].filter((each) => each.endsWith(`/${id}.backup`));
      const bytes = Buffer.from(get().objects.get(name) ?? "");
      bytes.writeUInt8(bytes.readUInt8(bytes.length >> 1) ^ 1, bytes.length >> 1);
      get().objects.set(name, bytes);
      return Promise.resolve();
    },
    server: get,
  };
}
