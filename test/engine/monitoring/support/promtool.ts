import { connect } from "../../../../engine/client";
import { quote } from "../../../../engine/shell";
import { defaultSettings } from "../../../support/monitoring";

/** What a tool said. */
export interface Verdict {
  ok: boolean;
  text: string;
}

/** Runs a shell command in an image, in a folder with files. */
export async function runTool(
  server: "prometheus" | "alertmanager",
  command: string,
  files: Record<string, string>,
): Promise<Verdict> {
  // The image has no tar, and the engine may be on another machine.
  const script = [
    "mkdir -p /tmp/work/targets",
    "cd /tmp/work",
    ...Object.entries(files).map(([path, text]) => `printf %s ${quote(text)} > ${quote(path)}`),
    command,
  ].join("\n");
  const { image } = defaultSettings[server];
  const { code, stdout, stderr } = await connect().attempt(
    ["run", "--rm", "-i", "--network=none", "--entrypoint=sh", image, "-e", "-s"],
    { input: script },
  );
  return { ok: code === 0, text: `${stdout}${stderr}` };
}
