import * as pulumi from "@pulumi/pulumi";
import { userName } from "../monitoring/prometheus";
import { createContext } from "./internal/context";
import { createMonitoring } from "./internal/monitoring/create";
import { monitoringProblems } from "./internal/monitoring/schema";
import { refuseProblems } from "./internal/problems";
import type { MonitoringArgs } from "./monitoring-types";

/** Prometheus and Alertmanager: every replica measured by itself, and people told before users notice. */
export class Monitoring extends pulumi.ComponentResource {
  /** Where Prometheus answers. */
  public readonly url: pulumi.Output<string>;
  /** Where Alertmanager answers. */
  public readonly alertmanagerUrl: pulumi.Output<string>;
  /** User of both. */
  public readonly user: pulumi.Output<string>;
  /** Password of that user. */
  public readonly password: pulumi.Output<string>;
  /** Names of the containers. */
  public readonly containers: pulumi.Output<string[]>;

  constructor(name: string, args: MonitoringArgs, opts?: pulumi.ComponentResourceOptions) {
    refuseProblems(`Monitoring "${name}"`, monitoringProblems(args));
    super("flotilla:index:Monitoring", name, {}, opts);

    const { context } = createContext(name, this, true);
    const made = createMonitoring(context, args);

    this.url = pulumi.output(`http://127.0.0.1:${made.port}`);
    this.alertmanagerUrl = pulumi.output(`http://127.0.0.1:${made.alertmanagerPort}`);
    this.user = pulumi.output(userName);
    this.password = made.password;
    this.containers = pulumi.all(made.containers.map((container) => container.name));
    this.registerOutputs({
      url: this.url,
      alertmanagerUrl: this.alertmanagerUrl,
      user: this.user,
      password: this.password,
      containers: this.containers,
    });
  }
}
