import { existsSync } from "node:fs";
import type { BalancingArgs } from "../../components/types";
import { shortName } from "../../components/arguments/schema-parts";
import type { Project, Service } from "../compose/project";
import { pathFrom, type Place } from "../place";
import { Report } from "../report";
import type { StackSettings } from "../settings";
import { findKind, type Kind } from "./kinds";

/** A service that becomes, or became, a part of the stack. */
export interface Unit {
  /** Name in the stack's file. */
  name: string;
  /** Services that it stands for: several where they are copies of each other. */
  services: [Service, ...Service[]];
  kind: Kind;
  /** Port at which its replicas take requests. */
  port?: number | undefined;
  /** Whether clients reach it. */
  isPublic: boolean;
  /** Those that it reaches, as its variables and its start say. */
  reaches: Set<Unit>;
}

/** Everything that the parts of an import share. */
export class Context {
  readonly report = new Report();
  readonly settings: StackSettings = { pools: {}, datastores: {}, routes: [], balancer: {} };
  /** How the balancer treats the replicas of a pool, by its name. */
  readonly balancing = new Map<string, BalancingArgs>();
  /** Paths of health that Nginx leads to, by the name of a pool. */
  readonly healthPaths = new Map<string, string>();
  /** Host and port at which a service of Nginx leads to a unit, for other services alone. */
  readonly inner = new Map<string, Unit>();
  /** By the name of a service. */
  readonly units = new Map<string, Unit>();
  private readonly names = new Set(["balancer", "localhost", "public"]);

  constructor(
    readonly project: Project,
    /** Folder of the stack's file. */
    readonly output: string,
  ) {
    for (const service of project.services) {
      const kind = findKind(service);
      const name = this.nameUnit(service);
      this.units.set(service.name, { name, services: [service], kind, isPublic: false, reaches: new Set() });
    }
  }

  /** Each unit once. */
  get list(): Unit[] {
    return [...new Set(this.units.values())];
  }

  get applications(): Unit[] {
    return this.list.filter(({ kind }) => kind.is === "application");
  }

  /** The unit of a host's name: that of a service, an alias or a container. */
  findUnit(host: string): Unit | undefined {
    return this.units.get(host) ?? this.list.find((unit) => this.hostsOf(unit).includes(host));
  }

  /** The names that addresses have for a unit. */
  hostsOf({ services }: Unit): string[] {
    const hosts = services.flatMap(({ name, fields }) => [
      ...[name, fields.container_name, fields.hostname],
      ...Object.values(fields.networks).flatMap(({ aliases }) => aliases),
    ]);
    return [...new Set(hosts.filter((host) => host !== undefined))];
  }

  /** Makes one unit of those of several services. */
  unite(units: Unit[], name: string): Unit | undefined {
    const [first, ...others] = units;
    if (first === undefined) return undefined;
    for (const { name: old } of units) this.names.delete(old);
    first.name = this.takeName(name);
    first.services.push(...others.flatMap(({ services }) => services));
    for (const { name: service } of first.services) this.units.set(service, first);
    return first;
  }

  /** A path of this machine as the stack's file has it; undefined where it is outside of the project's folder. */
  toProject(path: string): string | undefined {
    const written = pathFrom(this.output, path);
    return written === "" || written.startsWith("../") || written === ".." || !existsSync(path)
      ? undefined
      : written;
  }

  private nameUnit({ name, placeOf }: Service): string {
    const taken = this.takeName(name);
    if (taken !== name)
      this.report.change(
        placeOf(),
        name,
        `is called ${taken}: names are short, of lower-case letters, digits and hyphens.`,
      );
    return taken;
  }

  private takeName(wanted: string): string {
    const plain = wanted
      .toLowerCase()
      .replaceAll(/[^a-z0-9]+/g, "-")
      .replace(/^[^a-z]+/, "")
      .slice(0, 28)
      .replace(/-$/, "");
    const start = shortName.test(plain) ? plain : "app";
    const free = (name: string): boolean => !this.names.has(name);
    const name = free(start)
      ? start
      : ([2, 3, 4, 5, 6, 7, 8, 9].map((count) => `${start}-${count}`).find(free) ?? start);
    this.names.add(name);
    return name;
  }
}

/** Where a setting of a unit's first service stands. */
export function placeIn(unit: Unit, ...path: (string | number)[]): Place {
  return unit.services[0].placeOf(...path);
}
