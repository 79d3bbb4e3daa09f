import { readFileSync } from "node:fs";
import { findContainers } from "./balancer";
import { Failure, perform, tryDocker } from "./docker";

/** A configuration to be checked before anything is touched. */
interface SettingsTask {
  /** Nginx image. */
  image: string;
  /** The whole of nginx.conf. */
  settings: string;
  /** Names of the upstreams. */
  upstreams: string[];
  noMember: string;
  /** What is to be published, `address:port`; absent for an internal balancer. */
  publish?: string;
  /** Network of the balancer, by which it is told from another stack's. */
  network: string;
}

/** Has a throw-away Nginx of the same image check the settings, and the engine the port. */
export function checkSettings(): void {
  void perform(async () => {
    const task = JSON.parse(readFileSync(0, "utf8")) as SettingsTask;
    const publish =
      task.publish !== undefined && !(await holds(task.network, task.publish))
        ? [`--publish=${task.publish}:80`]
        : [];
    const { code, stdout, stderr } = await tryDocker(
      ["run", "--rm", "-i", "--entrypoint=sh", ...publish, task.image, "-e", "-s"],
      checkScript(task),
    );
    if (code === 0) return "the settings are valid";
    const reason = (stderr || stdout).trim();
    if (/port is already allocated|address already in use|ports are not available/i.test(reason))
      throw new Failure(
        `The port ${task.publish ?? ""} of the engine's host is taken. Set balancer.port to a free one, or stop what uses it.`,
      );
    throw new Failure(`Nginx refuses the settings; nothing was changed.\n${reason}`);
  });
}

/** Whether the balancer of this stack holds the port already. */
async function holds(network: string, publish: string): Promise<boolean> {
  const port = publish.slice(publish.lastIndexOf(":") + 1);
  return (await findContainers("balancer", network, [`publish=${port}`])).length > 0;
}

function checkScript({ settings, upstreams, noMember }: SettingsTask): string {
  return `
mkdir -p /tmp/flotilla/members
cd /tmp/flotilla
cat > nginx.conf <<'FLOTILLA_END'
${settings}FLOTILLA_END
${upstreams.map((name) => `echo '${noMember}' > members/${name}.conf`).join("\n")}
echo 'return 200 "0";' > generation.conf
nginx -t -q -c /tmp/flotilla/nginx.conf`;
}
