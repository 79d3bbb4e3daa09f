import { X509Certificate } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { once } from "node:events";
import tls from "node:tls";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { docker, dockerLines, findRunning, until } from "../support/engine";
import { findFreePort } from "../support/ports";
import { ask } from "../support/requests";
import { row } from "../support/rows";
import { demoPool, setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";
import { makePebble, type Pebble } from "./support/pebble";

const workspace = useWorkspace({ name: "acme", pools: { api: demoPool({ replicas: 2 }) } });
const hosts = ["localhost", "www.example.com"];
let port: number;
let pebble: Pebble;
/** The certificates that clients have to trust: those of the test's authority and of Flotilla's own. */
const trusted: string[] = [];

beforeAll(async () => {
  port = await findFreePort();
  pebble = await makePebble(`acme-${process.pid}`, workspace().port);
  mkdirSync(join(workspace().folder, "certs"));
  writeFileSync(join(workspace().folder, "certs/authority.pem"), pebble.authority);
  setAcme({ hosts });
});

afterAll(() => pebble.remove());

function setAcme(acme: object): void {
  const { directory } = pebble;
  workspace().configure((settings) => {
    settings.balancer = {
      port: workspace().port,
      tls: {
        port,
        acme: { directory, directoryAuthorityFile: "certs/authority.pem", ...acme },
      },
    };
  });
}

/** The certificate that the balancer shows to a host's clients. */
async function shown(servername = "www.example.com"): Promise<X509Certificate> {
  const socket = tls.connect({ host: "127.0.0.1", port, servername, rejectUnauthorized: false });
  await once(socket, "secureConnect");
  const certificate = socket.getPeerX509Certificate();
  socket.destroy();
  if (certificate === undefined) throw new Error("The balancer showed no certificate.");
  return certificate;
}

const isGiven = ({ issuer }: X509Certificate): boolean => issuer.includes("Pebble");
const findAsker = async (): Promise<string> => {
  const [asker = ""] = await findRunning(workspace().label, "flotilla.role=certificates");
  return asker;
};
const askNow = async (): Promise<string> =>
  docker("exec", await findAsker(), "sh", "/flotilla/renew.sh", "now").catch(
    (error: unknown) => (error as { stdout: string }).stdout,
  );
const load = () => ({ target: `https://localhost:${port}`, load: { ca: trusted.join("\n") } });

/** Waits until another certificate is shown than one of before. */
async function untilAnother(before: X509Certificate): Promise<X509Certificate> {
  let now = before;
  await until("another certificate is shown", async () => {
    now = await shown();
    return now.fingerprint256 !== before.fingerprint256;
  }).catch(async (error: unknown) => {
    const log = await docker("exec", await findAsker(), "cat", "/tmp/said");
    throw new Error(`${String(error)}\n${log}`);
  });
  return now;
}

describe("a certificate of an authority", () => {
  test("is none at first, which ends no deployment and is said", async () => {
    const { text } = await workspace().deploy();
    expect(text).toMatch(
      /No certificate of localhost www\.example\.com was given: .*connection refused.* The balancer goes on with the certificate that it has, or with its own/,
    );
    const own = await shown();
    expect(isGiven(own)).toBe(false);
    trusted.push(own.toString());
  });

  test("is shown as soon as it is given, without an `up` and without losing a request", async () => {
    await pebble.start();
    trusted.push(await pebble.root());
    const before = await shown();
    const { result } = await row({ operation: "first certificate of an authority", ...load() }, async () => {
      await docker("restart", "--time=1", await findAsker());
      return untilAnother(before);
    });
    expect(isGiven(result)).toBe(true);
    expect(result.subjectAltName?.split(", ").sort()).toEqual(hosts.map((host) => `DNS:${host}`));
    const { changes } = await workspace().deploy();
    expect(changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
  });

  test("is renewed without losing a request", async () => {
    const before = await shown();
    const { result } = await row(
      { operation: "renewed certificate of an authority", ...load() },
      async () => {
        const said = await askNow();
        expect(said).toMatch(/The certificate of localhost www\.example\.com is good until/);
        return untilAnother(before);
      },
    );
    expect(isGiven(result)).toBe(true);
  });

  test("is kept by an update, and by a balancer that is made anew", async () => {
    const before = await shown();
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
    });
    await row({ operation: "update with a certificate of an authority", ...load() }, () =>
      workspace().deploy(),
    );
    expect((await shown()).fingerprint256).toBe(before.fingerprint256);
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    await docker("rm", "--force", balancer);
    await workspace().deploy();
    expect((await shown()).fingerprint256).toBe(before.fingerprint256);
  });

  test("has its end among the figures that alerts are made of", async () => {
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    const told = await docker("exec", balancer, "cat", "/etc/flotilla/live/expiries");
    const { validTo } = await shown();
    expect(told).toBe(`certificates/1.pem ${Date.parse(validTo) / 1000}`);
  });

  test("is asked for anew when it was revoked", async () => {
    const before = await shown();
    const asker = await findAsker();
    const { result } = await row(
      { operation: "revoked certificate of an authority", ...load() },
      async () => {
        const [store = ""] = await dockerLines("exec", asker, "sh", "-c", "ls -d /data/????????????");
        await docker(
          ...["exec", asker, "/lego", "--path", store, "--server", pebble.directory, "--accept-tos"],
          ...hosts.flatMap((host) => ["--domains", host]),
          ...["revoke", "--keep"],
        );
        await docker("restart", "--time=1", asker);
        return untilAnother(before);
      },
    );
    expect(isGiven(result)).toBe(true);
  });

  test("stays while the authority is away, which is said", async () => {
    const before = await shown();
    await pebble.stop();
    const { result } = await row(
      { operation: "authority away, certificate to be renewed", ...load() },
      askNow,
    );
    expect(result).toContain("[flotilla] No certificate of localhost www.example.com was given");
    expect((await shown()).fingerprint256).toBe(before.fingerprint256);
    await pebble.start();
    trusted.push(await pebble.root());
  });

  test("needs no path but the one at which it is asked for", async () => {
    expect(await ask(`${workspace().url}/hello`)).toMatchObject({ status: 308 });
    expect(await ask(`${workspace().url}/.well-known/acme-challenge/none`)).toMatchObject({ status: 404 });
  });

  test("is for other hosts when the stack says so, by their zone, and has all of a domain's", async () => {
    const script = [
      "record=$2 text=$3",
      `case $1 in present) body="{\\"host\\":\\"$record\\",\\"value\\":\\"$text\\"}" path=set-txt ;;`,
      `*) body="{\\"host\\":\\"$record\\"}" path=clear-txt ;; esac`,
      `wget -q -O /dev/null --post-data "$body" ${pebble.zone}/$path`,
    ].join("\n");
    writeFileSync(join(workspace().folder, "certs/zone.sh"), script);
    setAcme({
      hosts: ["localhost", "*.example.com"],
      dns: { scriptFile: "certs/zone.sh", waitSeconds: 1 },
    });
    const before = await shown();
    const { result } = await row({ operation: "certificate by the zone", ...load() }, async () => {
      await workspace().deploy();
      return untilAnother(before);
    });
    expect(result.subjectAltName?.split(", ").sort()).toEqual(["DNS:*.example.com", "DNS:localhost"]);
  });

  test("has a key that nobody else finds, and who asks can change nothing but its own folder", async () => {
    const asker = await findAsker();
    const inspected = await docker("inspect", asker);
    expect(inspected).not.toContain("PRIVATE KEY");
    const tried = await docker(
      ...["exec", asker, "sh", "-c"],
      "(echo x >/etc/flotilla/live/nginx.conf) 2>&1; (cat /etc/flotilla/live/certificates/1.key) 2>&1; true",
    );
    expect(tried).toMatch(/nginx\.conf: Permission denied/);
    expect(tried).toMatch(/1\.key'?: Permission denied/);
    const [balancer = ""] = await findRunning(workspace().label, "flotilla.role=balancer");
    const modes = await docker(
      "exec",
      balancer,
      "sh",
      "-c",
      "stat -c '%a %u' /etc/flotilla/acme/current/key.pem",
    );
    expect(modes).toBe("600 65534");
  });

  test("is there again after `down` and `up`, and the authority is not asked", async () => {
    const before = await shown();
    await workspace().destroy();
    await workspace().deploy();
    const seconds = await until(
      "the certificate of before is shown",
      async () => (await shown()).fingerprint256 === before.fingerprint256,
    );
    expect(seconds).toBeLessThan(30);
  });
});
