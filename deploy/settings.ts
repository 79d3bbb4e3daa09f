import { uncountedFolder } from "../nginx/members";
import { renderFile } from "./balancer";
import { findContainers } from "./containers";
import { ownValues } from "./control";
import { checkCertificates, renderSecretFiles } from "./configuration-files";
import { defineScript, onEngine } from "./process";
import { type Engine, Failure, type Outcome } from "../engine/client";
import { isPublishedByReplaced } from "../engine/replaced";
import { composeShell, renderFunction } from "../engine/shell";
import { explainRefusal } from "./refusal";
import { isListenedAt } from "./sockets";
import type { SettingsTask } from "./tasks";
import { checkSettingsSh, ownPlaceSh, writeSh } from "./texts";

export const { checkSettings } = defineScript<"settings">({
  /** Has a throw-away Nginx of the same image check the settings, and sees whether the port is free. */
  checkSettings: onEngine(async (engine, { input: task }) => {
    checkCertificates(task.certificates, task.secretFiles);
    const { code, stdout, stderr } = await runOnce(engine, task.image, "none", renderCheck(task));
    if (code !== 0) throw new Failure(explainRefusal(stderr || stdout));
    for (const publish of task.published) {
      if (await holds(engine, task.network, publish)) continue;
      if (await isPublishedByReplaced(engine, portOf(publish))) continue;
      if (await isTaken(engine, task.image, publish))
        throw new Failure(
          `The port ${publish} of the engine's host is taken. Set balancer.port or balancer.tls.port to a free one, or stop what uses it; a container whose place the balancer takes may go on until then: up --replaces <container>.`,
        );
    }
    return "the settings are valid";
  }),
});

function runOnce(engine: Engine, image: string, network: string, script: string): Promise<Outcome> {
  return engine.attempt(["run", "--rm", "-i", `--network=${network}`, "--entrypoint=sh", image, "-e", "-s"], {
    input: script,
  });
}

/** Whether something listens on an address of the engine's host; publishing it to find out would let clients in early. */
async function isTaken(engine: Engine, image: string, publish: string): Promise<boolean> {
  const { code, stdout } = await runOnce(engine, image, "host", "cat /proc/net/tcp /proc/net/tcp6");
  return code === 0 && isListenedAt(stdout, publish);
}

/** Whether the balancer of this stack holds the port already. */
async function holds(engine: Engine, network: string, publish: string): Promise<boolean> {
  const filters = [`publish=${portOf(publish)}`];
  return (await findContainers(engine, { role: "balancer" }, network, { filters })).length > 0;
}

function portOf(publish: string): number {
  return Number(publish.slice(publish.lastIndexOf(":") + 1));
}

function renderCheck({ settings, files, secretFiles, upstreams, noMember }: SettingsTask): string {
  const written = {
    "nginx.conf": settings,
    ...files,
    ...Object.fromEntries(
      ["members", uncountedFolder].flatMap((folder) =>
        upstreams.map((name) => [`${folder}/${name}.conf`, `${noMember}\n`]),
      ),
    ),
    "generation.conf": 'return 200 "0";\n',
    "names.conf": "",
  };
  const commands = [
    ...Object.entries(written).map(([file, text]) => renderFile(file, text)),
    renderSecretFiles(".", secretFiles),
  ];
  return composeShell(
    ownValues,
    ...[ownPlaceSh, writeSh, renderFunction("write_all", commands.join("\n")), checkSettingsSh],
  );
}
