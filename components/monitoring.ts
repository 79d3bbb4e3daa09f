import * as pulumi from "@pulumi/pulumi";
import { userName } from "../monitoring/prometheus";
import { createContext } from "./resources/context";
import { createMonitoring } from "./monitoring/create";
import { monitoringSchema } from "./monitoring/schema";
import { parseArguments } from "./arguments/parse";
import type { MonitoringArgs } from "./monitoring-types";

/** Prometheus, Alertmanager and Grafana: every replica measured by itself, and people told before users notice. */
export class Monitoring extends pulumi.ComponentResource {
  /** Where Prometheus answers. */
  public readonly url: pulumi.Output<string>;
  /** Where Alertmanager answers. */
  public readonly alertmanagerUrl: pulumi.Output<string>;
  /** Where Grafana answers; undefined where it is left out. */
  public readonly grafanaUrl: pulumi.Output<string | undefined>;
  /** User of all of them. */
  public readonly user: pulumi.Output<string>;
  /** Password of that user. */
  public readonly password: pulumi.Output<string>;
  /** Names of the containers. */
  public readonly containers: pulumi.Output<string[]>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    const settings = parseArguments(`Monitoring "${name}"`, monitoringSchema, args);
    super("flotilla:index:Monitoring", name, {}, opts);

    const { context } = createContext(name, this, true);
    const { password, containers } = createMonitoring(context, settings);

    const { port, alertmanager, grafana } = settings;
    this.url = pulumi.output(`http://127.0.0.1:${port}`);
    this.alertmanagerUrl = pulumi.output(`http://127.0.0.1:${alertmanager.port}`);
    this.grafanaUrl = pulumi.output(grafana.enabled ? `http://127.0.0.1:${grafana.port}` : undefined);
    this.user = pulumi.output(userName);
    this.password = password;
    this.containers = containers;
    this.registerOutputs({
      url: this.url,
      alertmanagerUrl: this.alertmanagerUrl,
      grafanaUrl: this.grafanaUrl,
      user: this.user,
      password: this.password,
      containers: this.containers,
    });
  }
}
