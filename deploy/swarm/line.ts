import { createHash, randomBytes } from "node:crypto";
import { type Engine, Failure, type InsideOptions, type Outcome } from "../../engine/client";
import { quote } from "../../engine/shell";
import { lineHost, linePort } from "./scripts";

/** What is needed to reach the balancers of a swarm. */
export interface LineSettings {
  /** Network on which they take scripts. */
  network: string;
  /** Image of the container that asks them: theirs. */
  image: string;
  /** Certificate and key of the line, which nobody else knows. */
  secret: string;
}

/** A line to balancers on whatever nodes: what an engine's exec is to those on its own. */
export interface Line {
  /** Runs a shell script in the balancer that has an address, to its first failure. */
  run(address: string, script: string, options?: InsideOptions): Promise<Outcome>;
  /** Removes what was needed for that. */
  close(): Promise<void>;
}

/** Seconds after which a line that was not closed ends by itself. */
const mostSeconds = 3600;

const folder = "/dev/shm/flotilla-line";

/** Opens a line when it is first used: by a container of the engine's own that is on the network. */
export function openLine(engine: Engine, { network, image, secret }: LineSettings, labels: string[]): Line {
  let asking: Promise<string> | undefined;
  const begin = async (): Promise<string> => {
    const id = await engine.run(
      [
        ...[
          "run",
          "--detach",
          "--rm",
          "--init",
          `--network=${network}`,
          "--entrypoint=sh",
          "--log-driver=none",
        ],
        ...[...labels.map((label) => `--label=${label}`), image, "-c", `sleep ${mostSeconds}`],
      ],
      { seconds: 60 },
    );
    const token = createHash("sha256").update(secret).digest("hex");
    const script = [
      `umask 077; mkdir -p ${folder}`,
      `printf %s ${quote(secret)} >${folder}/certificate.pem`,
      `printf %s ${quote(`X-Line: ${token}\n`)} >${folder}/header`,
    ].join("\n");
    const { code, stderr } = await engine.inside(id, script);
    if (code !== 0) throw new Failure(`The line to the balancers cannot be opened: ${stderr.trim()}`);
    return id;
  };
  return {
    async run(address, script, { user, seconds = 90 } = {}) {
      asking ??= begin();
      const id = await asking;
      const { code, stdout, stderr } = await engine.inside(id, renderAsk(address, script, user, seconds), {
        seconds: seconds + 15,
      });
      if (code !== 0)
        return { code, stdout: "", stderr: `The balancer cannot be asked: ${(stderr || stdout).trim()}` };
      return readAnswer(stdout);
    },
    async close() {
      const id = await asking?.catch(() => undefined);
      if (id !== undefined) await engine.attempt(["rm", "--force", id]);
    },
  };
}

function renderAsk(address: string, script: string, user: string | undefined, seconds: number): string {
  const end = `END_${randomBytes(8).toString("hex")}`;
  const args = [
    ...["-sS", "-D", "-", "-m", String(seconds), "--connect-timeout", "5", "-H", "Expect:"],
    ...["-H", `@${folder}/header`, ...(user === undefined ? [] : ["-H", `X-User: ${user}`])],
    ...["--cacert", `${folder}/certificate.pem`, "--resolve", `${lineHost}:${linePort}:${address}`],
    ...["--data-binary", "@-", `https://${lineHost}:${linePort}/run`],
  ];
  return `curl ${args.map(quote).join(" ")} <<'${end}'\n${script}\n${end}`;
}

/** The answer of a balancer: headers, then what the script printed, then its errors. */
function readAnswer(text: string): Outcome {
  const [head = ""] = text.split("\r\n\r\n", 1);
  const body = Buffer.from(text.slice(head.length + 4), "utf8");
  const header = (name: string): string => RegExp(`^${name}: *(.*)$`, "im").exec(head)?.[1]?.trim() ?? "";
  if (!/^HTTP\/\S+ 200/.test(head) || header("X-Code") === "")
    return { code: 1, stdout: "", stderr: `The balancer cannot be asked: ${head.split("\r\n")[0] ?? ""}` };
  const printed = Number(header("X-Printed"));
  return {
    code: Number(header("X-Code")),
    stdout: body.subarray(0, printed).toString("utf8"),
    stderr: body.subarray(printed).toString("utf8"),
  };
}
