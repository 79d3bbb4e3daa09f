import type { BalancerArgs } from "../types";

/** The three numbers of a version of Nginx. */
export type NginxVersion = [number, number, number];

/** The image of the balancer when the configuration says nothing. */
export const defaultBalancerImage = "nginx:1.30.4";

const defaultVersion: NginxVersion = [1, 30, 4];

/** The version that is said, or that the image's tag says; otherwise the one Flotilla is made for. */
export function balancerVersion({ version, image = defaultBalancerImage }: BalancerArgs): NginxVersion {
  return (
    parseVersion(version) ?? parseVersion(/:v?(\d+(?:\.\d+)*)[^:/]*$/.exec(image)?.[1]) ?? defaultVersion
  );
}

/** Reads a version; a part that is left out is the newest there may be. */
export function parseVersion(text: string | undefined): NginxVersion | undefined {
  const [, major, minor, patch] = /^(\d+)\.(\d+)(?:\.(\d+))?$/.exec(text ?? "") ?? [];
  if (major === undefined || minor === undefined) return undefined;
  return [Number(major), Number(minor), Number(patch ?? 99)];
}

/** Whether one version is older than another. */
export function isOlder(version: NginxVersion, than: NginxVersion): boolean {
  const index = version.findIndex((part, i) => part !== than[i]);
  return index >= 0 && (version[index] ?? 0) < (than[index] ?? 0);
}
