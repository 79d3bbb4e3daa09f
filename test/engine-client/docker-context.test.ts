import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { readContextHost } from "../../engine/docker-context";

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "flotilla-docker-"));
  vi.stubEnv("DOCKER_CONTEXT", undefined);
});

afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.unstubAllEnvs();
});

function writeConfig(text: string): void {
  writeFileSync(join(folder, "config.json"), text);
}

function writeContext(name: string, text: string): void {
  const meta = join(folder, "contexts", "meta", createHash("sha256").update(name).digest("hex"));
  mkdirSync(meta, { recursive: true });
  writeFileSync(join(meta, "meta.json"), text);
}

function describeContext(name: string, host: string): string {
  return JSON.stringify({
    Name: name,
    Metadata: {},
    Endpoints: { docker: { Host: host, SkipTLSVerify: false } },
  });
}

describe("the engine of Docker's command line", () => {
  test.each([
    ["there is no configuration", undefined],
    ["the configuration names no context", "{}"],
    ["the context is the default one", '{"currentContext":"default"}'],
    ["the configuration is broken", '{"currentContext":'],
    ["the configuration is no object", "null"],
    ["the context is unknown", '{"currentContext":"gone"}'],
  ])("is left to the provider when %s", (_, config) => {
    if (config !== undefined) writeConfig(config);
    expect(readContextHost(folder)).toBeUndefined();
  });

  test("is that of the current context", () => {
    writeConfig('{"currentContext":"vps","auths":{}}');
    writeContext("vps", describeContext("vps", "ssh://deploy@vps"));
    expect(readContextHost(folder)).toBe("ssh://deploy@vps");
  });

  test("is that of the context which the environment names", () => {
    vi.stubEnv("DOCKER_CONTEXT", "other");
    writeConfig('{"currentContext":"vps"}');
    writeContext("vps", describeContext("vps", "ssh://deploy@vps"));
    writeContext("other", describeContext("other", "unix:///run/other.sock"));
    expect(readContextHost(folder)).toBe("unix:///run/other.sock");
  });

  test("is that of the context which the environment names, without any configuration", () => {
    vi.stubEnv("DOCKER_CONTEXT", "other");
    writeContext("other", describeContext("other", "unix:///run/other.sock"));
    expect(readContextHost(folder)).toBe("unix:///run/other.sock");
  });

  test("is left to the provider when the environment names the default context", () => {
    vi.stubEnv("DOCKER_CONTEXT", "default");
    writeConfig('{"currentContext":"vps"}');
    writeContext("vps", describeContext("vps", "ssh://deploy@vps"));
    expect(readContextHost(folder)).toBeUndefined();
  });

  test.each([
    ["is broken", "{"],
    ["has no endpoint", "{}"],
    ["has no endpoint for Docker", '{"Endpoints":{}}'],
  ])("is left to the provider when the context's description %s", (_, text) => {
    writeConfig('{"currentContext":"vps"}');
    writeContext("vps", text);
    expect(readContextHost(folder)).toBeUndefined();
  });
});
