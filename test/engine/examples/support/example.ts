import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll } from "vitest";
import { parseDocument } from "yaml";
import { docker } from "../../support/engine";
import { createOutsideProject, type OutsideProject } from "../../support/outside-project";

const examples = resolve(__dirname, "../../../../examples");

/**
 * Settings of an example's stack: by their full keys such as `shop:appReplicas` where its program reads settings of its own, and
 * otherwise by their paths in the stack's file, such as `pools.chat.replicas`.
 */
export type ExampleSettings = Record<string, unknown>;

/** Copies an example, installs the packed package there and deploys one of its stacks on a free port, after what has to begin before; removes all of it at the end. */
export function useExample(
  name: string,
  stack: "dev" | "prod",
  settings: ExampleSettings = {},
  before?: (project: OutsideProject) => Promise<void> | void,
) {
  let project: OutsideProject | undefined;
  beforeAll(async () => {
    project = await createOutsideProject({ name, from: join(examples, name), settingsOf: stack });
    const isOfFiles = existsSync(join(examples, name, "index.js"));
    const port = isOfFiles ? { "balancer.port": project.port } : { [`${name}:port`]: project.port };
    await settle(project, { ...port, ...settings });
    await before?.(project);
    await project.deploy();
  });
  afterAll(() => project?.remove());
  return () => {
    if (project === undefined) throw new Error("The example is deployed before the tests.");
    return project;
  };
}

/** Whether Grafana can be had: as a setting of an example. */
export async function findGrafana(): Promise<string> {
  const images = await docker("image", "ls", "--quiet", "--filter=reference=grafana/grafana");
  return String(images !== "");
}

/** Gives an example's stack other settings, as somebody who writes its file does. */
export async function settle(project: OutsideProject, settings: ExampleSettings): Promise<void> {
  const file = join(project.folder, `Pulumi.${project.stack}.yaml`);
  for (const [name, value] of Object.entries(settings)) {
    if (name.includes(":")) {
      await project.configure({ [name]: String(value) });
      continue;
    }
    const [first = "", ...rest] = name.split(".");
    const text = parseDocument(readFileSync(file, "utf8"));
    text.setIn(["config", `flotilla:${first}`, ...rest], text.createNode(value));
    writeFileSync(file, text.toString());
  }
}

/** Deploys an example with other settings. */
export async function deployWith(project: OutsideProject, settings: ExampleSettings) {
  await settle(project, settings);
  return project.deploy();
}

/** Changes a file of a project, as somebody who works on it does; gives the way back. */
export function editFile({ folder }: OutsideProject, path: string, from: string, to: string): () => void {
  const file = join(folder, path);
  const before = readFileSync(file, "utf8");
  if (!before.includes(from)) throw new Error(`${path} has no "${from}".`);
  writeFileSync(file, before.replace(from, to));
  return () => {
    writeFileSync(file, before);
  };
}
