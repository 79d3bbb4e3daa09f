import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { docker, findHostAddress, succeeds, until } from "../../support/engine";
import { findFreePort } from "../../support/ports";
import { makeAuthority } from "./authority";
import { askOverTls } from "./tls-client";

const version = "2.10.0";

/** Let's Encrypt's own test authority, and the zone that it believes. */
export interface Pebble {
  /** Address of its directory, as containers reach it. */
  directory: string;
  /** The certificate of who vouches for that address. */
  authority: string;
  /** Where records of the zone are changed. */
  zone: string;
  /** The certificate of who vouches for those that it gives; another one after each start. */
  root: () => Promise<string>;
  start: () => Promise<void>;
  stop: () => Promise<void>;
  remove: () => Promise<void>;
}

/** Makes an authority that asks for hosts at a port of this machine. It does not run yet. */
export async function makePebble(prefix: string, httpPort: number): Promise<Pebble> {
  const host = await findHostAddress();
  const [port, management, dns, zone] = [
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
    await findFreePort(),
  ];
  const { certificate: authority, issued } = await makeAuthority({ pebble: { hosts: [host] } });
  const folder = mkdtempSync(join(tmpdir(), "flotilla-pebble-"));
  const files = {
    "pebble.pem": issued.pebble.certificate,
    "pebble.key": issued.pebble.key,
    "pebble.json": JSON.stringify({
      pebble: {
        ...{ listenAddress: `${host}:${port}`, managementListenAddress: `${host}:${management}` },
        ...{ certificate: "/pebble.pem", privateKey: "/pebble.key", httpPort, tlsPort: 1 },
        retryAfter: { authz: 1, order: 1 },
      },
    }),
  };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, file), text);
  const [pebble, records] = [`${prefix}-pebble`, `${prefix}-zone`];
  await docker(
    ...[
      "create",
      `--name=${records}`,
      "--network=host",
      `ghcr.io/letsencrypt/pebble-challtestsrv:${version}`,
    ],
    ...["-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-http01", "", "-https01", "", "-tlsalpn01", ""],
    ...["-doh", "", "-dnsserver", `127.0.0.1:${dns}`, "-management", `${host}:${zone}`],
  );
  // One answer in twenty is refused for its nonce, as by default, so that clients show that they can bear it.
  await docker(
    ...["create", `--name=${pebble}`, "--network=host", "--env=PEBBLE_VA_NOSLEEP=1"],
    ...[`ghcr.io/letsencrypt/pebble:${version}`, "-config", "/pebble.json", "-dnsserver", `127.0.0.1:${dns}`],
  );
  for (const file of Object.keys(files)) await docker("cp", join(folder, file), `${pebble}:/${file}`);
  rmSync(folder, { recursive: true });
  const root = async (): Promise<string> =>
    (await askOverTls(`https://${host}:${management}/roots/0`, { ca: authority })).body;
  return {
    directory: `https://${host}:${port}/dir`,
    authority,
    zone: `http://${host}:${zone}`,
    root,
    start: async () => {
      await docker("start", records, pebble);
      await until("the authority answers", () => succeeds(root()));
    },
    stop: async () => {
      await docker("stop", "--time=1", pebble, records);
    },
    remove: async () => {
      await docker("rm", "--force", "--volumes", pebble, records);
    },
  };
}
