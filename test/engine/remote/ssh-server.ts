import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { findLocalPort } from "../support/ports";
import { until } from "../support/engine";

/** An SSH server of this process, into which only its own key leads. */
export interface SshServer {
  /** Address of the engine that is reached by it. */
  host: string;
  /** Shell script that stands in for `ssh`: it knows the key and the server, and the user's own settings stay out. */
  client: string;
  /** What the server has said. */
  log(): string;
  stop(): Promise<void>;
}

/** What is missing for such a server, or undefined. */
export function findMissing(): string | undefined {
  if (process.env.FLOTILLA_TEST_SSH !== "1") return "FLOTILLA_TEST_SSH is not 1";
  const missing = ["sshd", "ssh", "ssh-keygen"].filter((program) => findProgram(program) === undefined);
  return missing.length === 0 ? undefined : `${missing.join(", ")} is missing (Debian: openssh-server)`;
}

/** Starts a server on 127.0.0.1; `settings` are further lines of its configuration. */
export async function startSshServer(settings: string[] = []): Promise<SshServer> {
  const port = await findLocalPort();
  const home = mkdtempSync(join(tmpdir(), "flotilla-ssh-"));
  const file = (name: string) => join(home, name);
  for (const key of ["host-key", "user-key"])
    execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", file(key)]);
  writeFileSync(
    file("server"),
    [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${file("host-key")}`,
      `AuthorizedKeysFile ${file("user-key.pub")}`,
      "PidFile none",
      "PasswordAuthentication no",
      "PermitRootLogin prohibit-password",
      "StrictModes no",
      "LogLevel VERBOSE",
      ...settings,
    ].join("\n"),
  );
  writeFileSync(
    file("client"),
    [
      `IdentityFile ${file("user-key")}`,
      "IdentitiesOnly yes",
      `UserKnownHostsFile ${file("known-hosts")}`,
      "StrictHostKeyChecking accept-new",
    ].join("\n"),
  );
  // A system makes this folder when it starts the service.
  if (userInfo().uid === 0 && !existsSync("/run/sshd")) mkdirSync("/run/sshd");
  // The server starts itself again for each connection, and wants to know its own path for that.
  const server = spawn(findProgram("sshd") ?? "sshd", ["-D", "-e", "-f", file("server")], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  let log = "";
  server.stderr.setEncoding("utf8").on("data", (chunk: string) => (log += chunk));
  const closed = new Promise((resolve) => server.once("close", resolve));
  const isListening = () => {
    if (server.exitCode !== null) throw new Error(`sshd ended:\n${log}`);
    return log.includes("Server listening");
  };
  await until("sshd listens", isListening, 10);

  return {
    host: `ssh://${userInfo().username}@127.0.0.1:${port}`,
    client: `exec '${findProgram("ssh") ?? "ssh"}' -F '${file("client")}' "$@"`,
    log: () => log,
    stop: async () => {
      server.kill();
      await closed;
      rmSync(home, { recursive: true });
    },
  };
}

function findProgram(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(":"), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}
