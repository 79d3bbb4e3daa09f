import { renderFile, renderMembers, renderSettings, startedFile } from "./balancer";
import { renderFactFiles, renderFolders, renderSecretFiles } from "./configuration-files";
import { renderSilent } from "./probe";
import type { PushedUpstream, PushTask } from "./tasks";
import { silentFile } from "./transaction";

/** Commands that write a configuration with these replicas, and what tells it from others. */
export function renderEdits(
  {
    settings,
    files,
    secretFiles,
    folders,
    trouble,
  }: Pick<PushTask, "settings" | "files" | "secretFiles" | "folders" | "trouble">,
  upstreams: Pick<PushedUpstream, "name" | "lines" | "probe">[],
  serial: string,
): string {
  return [
    renderSettings(settings, files),
    renderSecretFiles("next", secretFiles),
    renderFactFiles(secretFiles),
    renderFolders(folders),
    // What is started again changes the configuration, so that Nginx forgets its failures.
    renderFile(`next/${startedFile}`, trouble),
    renderFile(`next/${silentFile}`, renderSilent(upstreams)),
    serial,
    ...upstreams.map(({ name, lines }) => renderMembers(name, lines)),
  ].join("\n");
}
