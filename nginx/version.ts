/** The three numbers of a version of Nginx. */
export type NginxVersion = [number, number, number];

/** Whether one version is older than another. */
export function isOlder(version: NginxVersion, than: NginxVersion): boolean {
  const index = version.findIndex((part, i) => part !== than[i]);
  return index >= 0 && (version[index] ?? 0) < (than[index] ?? 0);
}
