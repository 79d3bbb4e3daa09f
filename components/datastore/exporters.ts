import type { StoreModel } from "./fields";
import type { ExporterRecipe } from "./recipe";

/** Name of the user that exporters have in a datastore, and of its password. */
export const monitoringUser = "monitoring";

const defaultLimits = { cpus: 0.25, memoryMiB: 64 };

/** The exporter of an engine, whatever datastore it is beside. */
export type EngineExporter = Pick<
  ExporterRecipe,
  "image" | "command" | "env" | "files" | "health" | "healthTimes" | "port" | "server" | "limits" | "user"
>;

/** The exporters of a datastore that shall have figures. */
export function resolveExporters(
  store: string,
  { metrics, exporter }: StoreModel,
  measured: EngineExporter[],
): ExporterRecipe[] {
  if (!metrics) return [];
  return measured.map((each, index) => {
    const title = index === 0 ? "exporter" : `exporter-${index + 1}`;
    return {
      ...each,
      title,
      needsNoRoot: true,
      aliases: [`${store}-${title}`],
      image: exporter.image ?? each.image,
      limits: exporter.limits ?? each.limits ?? defaultLimits,
    };
  });
}
