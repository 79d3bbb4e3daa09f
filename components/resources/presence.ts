import * as pulumi from "@pulumi/pulumi";
import type { Engine } from "../../engine/client";
import { labelFilters, type Labels, readListedLabels, toEngineLabels } from "../../engine/labels";
import { listServices } from "../../engine/swarm";
import { isToRestart } from "../../engine/restart";
import { nameStack } from "./own-names";

/** Kinds of things that the engine knows by labels. */
export type Kind = "container" | "network" | "volume";

/** A thing of a component, as the engine lists it. */
interface Listed {
  id: string;
  name: string;
  /** State of a container. */
  state: string;
  labels: Labels;
}

/** The parts of a component that an engine has. */
export interface Presence {
  /** Its containers, the newest first; none when the engine cannot be asked. */
  containers: Listed[];
  /**
   * The value of the label of something that the component is to have: that of the one that is there, so that it stays as it is,
   * and a new one where there is none, so that a state which believes in one that is gone has it made again.
   */
  findMade(kind: Kind, own: Labels, isStale?: boolean): string | undefined;
  /** Whether two of its containers with these labels are there for the same replica, as after an update that was killed. */
  hasTwice(own: Labels): boolean;
}

/** Looks at what an engine has of a component. */
export async function readPresence(
  engine: Engine,
  service: string,
  managesSwarm: boolean,
  say: (message: string) => void,
): Promise<Presence> {
  const found = await Promise.all(
    (["container", "network", "volume"] as const).map(
      async (kind) =>
        [
          kind,
          await (managesSwarm && kind === "container" ? listUnits : list)(engine, kind, service),
        ] as const,
    ),
  );
  const known = new Map(found);
  const isNew = found.every(([, listed]) => listed?.length === 0);
  const now = new Date().toISOString();
  const told = new Set<string>();
  return {
    containers: known.get("container") ?? [],
    hasTwice(own) {
      const running = known
        .get("container")
        // One that was made and not started yet is left by a kill between the two.
        ?.filter(
          ({ state, labels }) => ["running", "restarting", "created"].includes(state) && has(labels, own),
        )
        .map(({ labels }) => labels.replica);
      return new Set(running).size < (running?.length ?? 0);
    },
    findMade(kind, own, isStale = false) {
      const listed = known.get(kind);
      // Where the engine cannot be asked, the deployment itself will say why.
      if (listed === undefined) return undefined;
      if (isStale) {
        say(
          `There are more containers than there are to be, as after an update that was killed; an update removes them: ${Object.values(own).join(" ")}.`,
        );
        return now;
      }
      if (kind === "container" && isToRestart(own, service)) return now;
      const present = listed.find((each) => !isAsGone(each) && has(each.labels, own));
      if (present !== undefined) return present.labels.made;
      const name = `${kind} ${Object.values(own).join(" ")}`;
      if (!isNew && !told.has(name)) say(`Not on the engine or stopped, and made by an update: ${name}.`);
      told.add(name);
      return now;
    },
  };
}

/** Changes when one of a component's containers is gone, whose image may have gone with it. */
export function watchForGone(presence: pulumi.Output<Presence>, containers: Labels[]): pulumi.Output<string> {
  return presence.apply((present) => {
    const made = containers.map((own) => present.findMade("container", own));
    return [...new Set(made.filter((time) => time !== undefined))].sort().join(" ");
  });
}

/** The services of a swarm, which are there in the place of containers. */
async function listUnits(engine: Engine, _: Kind, service: string): Promise<Listed[] | undefined> {
  try {
    const found = await listServices(engine, { stack: nameStack(), service });
    return found.map(({ id, name, labels: own }) => ({ id, name, state: "running", labels: own }));
  } catch {
    return undefined;
  }
}

/** Lists what a component has of a kind, the newest first; undefined when the engine cannot be asked. */
async function list(engine: Engine, kind: Kind, service: string): Promise<Listed[] | undefined> {
  const isContainer = kind === "container";
  const fields = isContainer ? ["{{.ID}}", "{{.Names}}", "{{.State}}"] : ["", "{{.Name}}", ""];
  const { code, stdout } = await engine.attempt([
    ...[kind, "ls", ...(isContainer ? ["--all"] : [])],
    ...labelFilters({ stack: nameStack(), service }),
    `--format=${[...fields, "{{.Labels}}"].join("\t")}`,
  ]);
  if (code !== 0) return undefined;
  return stdout.split("\n").flatMap((line) => {
    const [id = "", name = "", state = "", labels] = line.split("\t");
    // A value may hold a comma, but none of those that are looked for does.
    return labels === undefined ? [] : [{ id, name, state, labels: readListedLabels(labels) }];
  });
}

function has(labels: Labels, own: Labels): boolean {
  const known: Partial<Record<string, string>> = { ...labels };
  // A front has the other labels of those that share it.
  if (known.number !== own.number) return false;
  return Object.entries(own).every(([name, value]) => known[name] === value);
}

/** Whether a container has ended and nobody starts it again, as the push of a balancer does with replicas and balancers. */
function isAsGone({ state, labels }: Listed): boolean {
  return ["exited", "dead"].includes(state) && labels.role !== "replica" && labels.role !== "balancer";
}

/** Labels by which commands and people find what is a component's; what is stale is made anew. */
export function labels(
  { name, presence }: { name: string; presence: pulumi.Output<Presence> },
  kind: Kind,
  own: Labels,
  isStale: (present: Presence) => boolean = () => false,
): pulumi.Output<{ label: string; value: string }[]> {
  return presence.apply((present) => {
    const made = present.findMade(kind, own, isStale(present));
    const all: Labels = {
      stack: nameStack(),
      service: name,
      ...own,
      ...(made === undefined ? {} : { made }),
    };
    return Object.entries(toEngineLabels(all)).map(([label, value]) => ({ label, value }));
  });
}
