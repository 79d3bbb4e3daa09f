import type { Engine } from "./client";
import { labelField, labelFilters } from "./labels";

/** A volume whose data outlive the stack that made it. */
export interface DataVolume {
  name: string;
  /** Name of the datastore whose data it has; empty for what replicas share, and for other servers. */
  store: string;
  /** Engine of that datastore. */
  engine: string;
  /** Name that replicas have for the files that they share in it; empty for all else. */
  files: string;
  /** Name of the component that it is a part of. */
  service: string;
}

const told = ["store", "engine", "volume", "service"] as const;

/** The volumes with the data of a stack, named `project/stack`; undefined when the engine cannot be asked. */
export async function listDataVolumes(engine: Engine, stack: string): Promise<DataVolume[] | undefined> {
  const format = ["{{.Name}}", ...told.map(labelField)].join(" ");
  const filters = labelFilters({ stack: stack, role: "data" });
  const { code, stdout } = await engine.attempt(["volume", "ls", `--format=${format}`, ...filters]);
  if (code !== 0) return undefined;
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [name = "", store = "", engineName = "", files = "", service = ""] = line.split(" ");
    return { name, store, engine: engineName, files, service };
  });
}
