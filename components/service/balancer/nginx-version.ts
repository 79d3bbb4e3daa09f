import type { NginxVersion } from "../../../nginx/version";

/** Names of upstream replicas are followed since then. */
export const oldestVersion: NginxVersion = [1, 28, 0];
/** A client can be kept with its replica by a cookie since then. */
export const stickySince: NginxVersion = [1, 29, 6];

/** The version for which Flotilla is made. */
const ownVersion: NginxVersion = [1, 30, 4];

/** The version that is said, or that the image's tag says; otherwise the one for which Flotilla is made. */
export function findVersion(balancer: { image: string; version?: string | undefined }): NginxVersion {
  const tag = /:v?(\d+(?:\.\d+)*)[^:/]*$/.exec(balancer.image)?.[1];
  return parseVersion(balancer.version) ?? parseVersion(tag) ?? ownVersion;
}

/** Reads a version; a part that is left out is the newest there may be. */
export function parseVersion(text: string | undefined): NginxVersion | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text ?? "") ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch ?? 99)];
}

/** A version as people write it. */
export function formatVersion(version: NginxVersion): string {
  return version.filter((part) => part !== 99).join(".");
}
