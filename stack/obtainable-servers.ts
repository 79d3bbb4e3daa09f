import * as pulumi from "@pulumi/pulumi";
import type { RegistryArgs } from "../components";
import { parseArguments } from "../components/arguments/parse";
import { monitoringSchema } from "../components/monitoring/schema";
import { isObtainable } from "../components/resources/images";
import { connect } from "../engine/client";
import type { Engine } from "./engine";
import type { MonitoringSettings } from "./monitoring";

/**
 * The settings of a monitoring, which say of Grafana and cAdvisor whether there are any: where the stack's file does not,
 * whether their images can be had. Asked before anything is made, so that a preview makes what the update will.
 */
export async function chooseServers(
  settings: MonitoringSettings,
  { host, provider }: Engine,
  registry: RegistryArgs | undefined,
): Promise<MonitoringSettings> {
  const images = parseArguments("monitoring", monitoringSchema, { ...settings, sources: [] });
  const choose = async (name: string, setting: string, image: string): Promise<boolean> => {
    if (await isObtainable(connect({ host }), image, registry, { provider })) return true;
    await pulumi.log.info(
      `${name} is left out: the engine does not have its image ${image}, and no registry could be asked for it (${setting}: false leaves it out without asking).`,
    );
    return false;
  };
  const { grafana, containers } = settings;
  const [enabled, isMeasured] = await Promise.all([
    grafana?.enabled ?? choose("Grafana", "grafana.enabled", images.grafana.image),
    containers ??
      (images.host && choose("cAdvisor, which measures containers,", "containers", images.cadvisor.image)),
  ]);
  return { ...settings, grafana: { ...grafana, enabled }, containers: isMeasured };
}
