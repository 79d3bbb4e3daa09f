import { spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { renewSh } from "../../../../../components/service/options/acme/texts";
import { composeShell } from "../../../../../engine/shell";
import { makeFolder } from "../../../../support/folders";

let folder: string;

/** A lego that writes down how it is called, and does what a text says. */
const lego = `#!/bin/sh
echo "$*" >>"$ASKED"
case "$*" in *" list"*)
  printf 'Found the following certs:\\n  Certificate Name: %s\\n    Domains: a\\n    Expiry Date: 2030-01-02 03:04:05 +0000 UTC\\n\\n' "$NAME"
  exit ;;
esac
. "$ACT"
`;

beforeEach(() => {
  folder = makeFolder();
  writeFileSync(join(folder, "lego"), lego, { mode: 0o755 });
  act(give("first"));
});

function act(commands: string): void {
  writeFileSync(join(folder, "act"), commands);
}

/** Commands that give a certificate of some text. */
function give(text: string): string {
  const at = `"$STORE/certificates"`;
  return `mkdir -p ${at}; echo ${text} >${at}/"$NAME".crt; echo "key of ${text}" >${at}/"$NAME".key\n`;
}

function renderScript(values: Record<string, string> = {}): string {
  return composeShell(
    {
      hosts: "www.example.com example.com",
      email: "",
      server: "https://ca.example.com/dir",
      store: join(folder, "store"),
      to: join(folder, "to"),
      program: join(folder, "lego"),
      hook: join(folder, "hook"),
      variables: join(folder, "variables"),
      provider: "",
      wait: "",
      ...values,
    },
    renewSh,
  );
}

function environment(name: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    NAME: name,
    STORE: join(folder, "store"),
    ASKED: join(folder, "asked"),
    ACT: join(folder, "act"),
  };
}

/** Has it asked once, as an operator may. */
function askNow(values: Record<string, string> = {}, name = "www.example.com"): string {
  spawnSync("mkdir", ["-p", join(folder, "to")]);
  const { stdout } = spawnSync("sh", ["-s", "now"], {
    input: renderScript(values),
    env: environment(name),
    encoding: "utf8",
  });
  return stdout;
}

const read = (...path: string[]): string => readFileSync(join(folder, ...path), "utf8").trim();

describe("the authority is asked", () => {
  test("for all hosts over plain HTTP, and the next time for a new one", () => {
    askNow();
    askNow();
    const [first, , second] = read("asked").split("\n");
    const common = `--path ${folder}/store --server https://ca.example.com/dir --accept-tos --domains www.example.com --domains example.com --http --http.webroot ${folder}/to/webroot`;
    expect(first).toBe(`${common} run`);
    expect(second).toBe(`${common} renew --force-cert-domains --no-random-sleep --days 36500`);
  });

  test("by the zone, with an address and an account", () => {
    const script = renderScript({
      provider: "exec",
      email: "ops@example.com",
      hosts: "*.example.com",
      wait: "5",
    });
    writeFileSync(join(folder, "hook"), "echo hook");
    spawnSync("sh", ["-s", "now"], {
      input: `LEGO_EAB_KID=me\n${script}`,
      env: environment("_.example.com"),
    });
    expect(read("asked").split("\n")[0]).toContain(
      "--domains *.example.com --email ops@example.com --eab --dns.propagation-wait 5s --dns exec run",
    );
  });
});

describe("what was given", () => {
  test("is one folder that nobody but its owner reads the key of, with its end, behind a link", () => {
    expect(askNow()).toBe(
      "[flotilla] The certificate of www.example.com example.com is good until 2030-01-02 03:04 UTC.\n",
    );
    expect(read("to/current/certificate.pem")).toBe("first");
    expect(read("to/current/key.pem")).toBe("key of first");
    expect(statSync(join(folder, "to/current/key.pem")).mode & 0o077).toBe(0);
    expect(read("to/current/expires")).toBe(String(Date.UTC(2030, 0, 2, 3, 4, 5) / 1000));
    expect(read("to/outcome")).toMatch(/^good /);
  });

  test("gives way to the next, which leaves one before it", () => {
    for (const text of ["first", "second", "third"]) {
      act(give(text));
      askNow();
    }
    expect(read("to/current/certificate.pem")).toBe("third");
    expect(readdirSync(join(folder, "to")).filter((name) => /^given-/.test(name))).toHaveLength(2);
  });

  test("stays where it is when it is the same", () => {
    askNow();
    const before = readlinkSync(join(folder, "to/current"));
    askNow();
    expect(readlinkSync(join(folder, "to/current"))).toBe(before);
  });

  test("stays when the authority refuses the next, whose reason is told", () => {
    askNow();
    act('echo "asking"; echo "[www.example.com] acme: error: 403 :: DNS says no" >&2; exit 1\n');
    expect(askNow()).toContain(
      "[flotilla] No certificate of www.example.com example.com was given: [www.example.com] acme: error: 403 :: DNS says no",
    );
    expect(read("to/outcome")).toMatch(/^bad .*DNS says no$/);
    expect(read("to/current/certificate.pem")).toBe("first");
  });
});

test("an authority that has forgotten the account is given another one", () => {
  const forgets =
    'if [ -d "$STORE/accounts" ]; then echo "urn:ietf:params:acme:error:accountDoesNotExist" >&2; exit 1; fi\n';
  mkdirSync(join(folder, "store/accounts"), { recursive: true });
  act(forgets + give("first"));
  expect(askNow()).toMatch(/is good until/);
  expect(
    read("asked")
      .split("\n")
      .filter((line) => line.endsWith(" run")),
  ).toHaveLength(2);
  // Who has a certificate only renews it, which needs the account.
  const refuses =
    'case "$*" in *" renew"*) echo "Account a is not registered. Use run" >&2; exit 1 ;; esac\n';
  act(refuses + give("second"));
  expect(askNow()).toMatch(/is good until/);
  expect(read("to/current/certificate.pem")).toBe("second");
});

test("a container that starts asks at once, and gives what it has again", async () => {
  spawnSync("mkdir", ["-p", join(folder, "to")]);
  const child = spawn("sh", ["-s"], { env: environment("www.example.com"), detached: true });
  try {
    child.stdin.end(renderScript());
    const end = Date.now() + 10_000;
    while (!existsSync(join(folder, "to/outcome")) && Date.now() < end)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(read("to/outcome")).toMatch(/^good /);
  } finally {
    if (child.pid !== undefined) process.kill(-child.pid);
  }
});
