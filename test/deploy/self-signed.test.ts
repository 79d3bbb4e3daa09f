import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import tls from "node:tls";
import { describe, expect, test } from "vitest";
import { makeSelfSigned } from "../../deploy/self-signed";

const hosts = ["localhost", "127.0.0.1", "::1", "2001:db8::ff00:42", "shop.example.com"];
const from = new Date("2026-01-31T10:20:30Z");
const until = new Date("2051-12-01T00:00:00Z");
const { certificate, key } = makeSelfSigned({ name: "flotilla/dev", hosts, from, until });
const parsed = new X509Certificate(certificate);

describe("a certificate of one's own", () => {
  test("says whose it is, what for, and until when", () => {
    expect(parsed.subject).toBe("CN=flotilla/dev");
    expect(hosts.filter((host) => (parsed.checkHost(host) ?? parsed.checkIP(host)) === undefined)).toEqual(
      [],
    );
    expect(parsed.checkHost("www.example.com")).toBeUndefined();
    expect(new Date(parsed.validFrom)).toEqual(from);
    // A year from 2050 on is written in another form.
    expect(new Date(parsed.validTo)).toEqual(until);
  });

  test("is a server's, and no authority's", () => {
    expect(parsed.ca).toBe(false);
    expect(parsed.keyUsage).toEqual(["1.3.6.1.5.5.7.3.1"]);
  });

  test("is signed with its own key, on the curve that every client has", () => {
    expect(parsed.verify(parsed.publicKey)).toBe(true);
    expect(parsed.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "prime256v1" });
  });

  test("has a number that no other has", () => {
    const another = new X509Certificate(
      makeSelfSigned({ name: "flotilla/dev", hosts, from, until }).certificate,
    );
    expect(another.serialNumber).not.toBe(parsed.serialNumber);
    expect(parsed.serialNumber).toMatch(/^[4-7][0-9A-F]{31}$/);
  });

  test.each(["TLSv1.2", "TLSv1.3"] as const)("is taken by a client of %s that trusts it", async (version) => {
    const server = tls.createServer({ cert: certificate, key }, (socket) => socket.end("welcome"));
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const versions = { minVersion: version, maxVersion: version } as const;
    const options = { host: "127.0.0.1", port, ca: certificate, servername: "shop.example.com", ...versions };
    const socket = tls.connect(options);
    const [chunk] = (await once(socket, "data")) as [Buffer];
    server.close();
    expect(chunk.toString()).toBe("welcome");
    expect(socket.authorized).toBe(true);
  });
});
