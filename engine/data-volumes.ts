import { type Engine, labelFilters } from "./client";

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

const labels = ["flotilla.store", "flotilla.engine", "flotilla.volume", "flotilla.service"];

/** The volumes with the data of a stack, named `project/stack`; undefined when the engine cannot be asked. */
export async function listDataVolumes(engine: Engine, stack: string): Promise<DataVolume[] | undefined> {
  const format = ["{{.Name}}", ...labels.map((label) => `{{.Label "${label}"}}`)].join(" ");
  const filters = labelFilters({ "flotilla.stack": stack, "flotilla.role": "data" });
  const { code, stdout } = await engine.attempt(["volume", "ls", `--format=${format}`, ...filters]);
  if (code !== 0) return undefined;
  const lines = stdout.split("\n").filter((line) => line !== "");
  return lines.map((line) => {
    const [name = "", store = "", engineName = "", files = "", service = ""] = line.split(" ");
    return { name, store, engine: engineName, files, service };
  });
}
