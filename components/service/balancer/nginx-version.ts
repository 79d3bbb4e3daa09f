import type { NginxVersion } from "../../../nginx/version";
import type { BalancerArgs } from "../../types";

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
