import * as pulumi from "@pulumi/pulumi";
import { type Engine, labelFilters } from "../../engine/client";
import { nameStack } from "./own-names";

/** Label of what had to be made although a state may know it: when that was. */
export const madeLabel = "flotilla.made";

/** Kinds of things that the engine knows by labels. */
export type Kind = "container" | "network" | "volume";

/** The parts of a component that an engine has. */
export interface Presence {
  /**
   * The value of the label of something that the component is to have: that of the one that is there, so that it stays as it is,
   * and a new one where there is none, so that a state which believes in one that is gone has it made again.
   */
  findMade(kind: Kind, own: Record<string, string>): string | undefined;
}

/** Looks at what an engine has of a component. */
export async function readPresence(
  engine: Engine,
  service: string,
  say: (message: string) => void,
): Promise<Presence> {
  const found = await Promise.all(
    (["container", "network", "volume"] as const).map(
      async (kind) => [kind, await listLabels(engine, kind, service)] as const,
    ),
  );
  const known = new Map(found);
  const isNew = found.every(([, labels]) => labels?.length === 0);
  const now = new Date().toISOString();
  const told = new Set<string>();
  return {
    findMade(kind, own) {
      const labels = known.get(kind);
      // Where the engine cannot be asked, the deployment itself will say why.
      if (labels === undefined) return undefined;
      const wanted = Object.entries(own).map(([label, value]) => `${label}=${value}`);
      const present = labels.find((each) => wanted.every((label) => each.includes(label)));
      if (present !== undefined)
        return present.find((label) => label.startsWith(`${madeLabel}=`))?.slice(madeLabel.length + 1);
      const name = `${kind} ${Object.values(own).join(" ")}`;
      if (!isNew && !told.has(name)) say(`Not on the engine or stopped, and made by an update: ${name}.`);
      told.add(name);
      return now;
    },
  };
}

/** Changes when one of a component's containers is gone, whose image may have gone with it. */
export function watchForGone(
  presence: pulumi.Output<Presence>,
  containers: Record<string, string>[],
): pulumi.Output<string> {
  return presence.apply((present) => {
    const made = containers.map((own) => present.findMade("container", own));
    return [...new Set(made.filter((time) => time !== undefined))].sort().join(" ");
  });
}

/** The labels of each, the newest first; undefined when the engine cannot be asked. */
async function listLabels(engine: Engine, kind: Kind, service: string): Promise<string[][] | undefined> {
  const { code, stdout } = await engine.attempt([
    ...[kind, "ls", ...(kind === "container" ? ["--all"] : [])],
    ...labelFilters({ "flotilla.stack": nameStack(), "flotilla.service": service }),
    `--format=${kind === "container" ? "{{.State}}," : ","}{{.Labels}}`,
  ]);
  if (code !== 0) return undefined;
  return (
    stdout
      .split("\n")
      .filter((line) => line !== "")
      // A value may hold a comma, but none of those that are looked for does.
      .map((line) => line.split(","))
      .filter(([state = "", ...labels]) => !ended.includes(state) || labels.some(isStartedAgain))
  );
}

const ended = ["exited", "dead"];

/** Whether the push of a balancer starts such a container again; of others, a stopped one is as good as none. */
function isStartedAgain(label: string): boolean {
  return ["flotilla.role=replica", "flotilla.role=balancer"].includes(label);
}

/** Labels by which commands and people find what is a component's. */
export function labels(
  { name, presence }: { name: string; presence: pulumi.Output<Presence> },
  kind: Kind,
  own: Record<string, string>,
): pulumi.Output<{ label: string; value: string }[]> {
  return presence.apply((present) => {
    const made = present.findMade(kind, own);
    const all: Record<string, string> = {
      "flotilla.stack": nameStack(),
      "flotilla.service": name,
      ...own,
      ...(made === undefined ? {} : { [madeLabel]: made }),
    };
    return Object.entries(all).map(([label, value]) => ({ label, value }));
  });
}
