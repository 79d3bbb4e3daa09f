import * as pulumi from "@pulumi/pulumi";
import { z } from "zod";
import { asRecord } from "../arguments/problems";
import { phrase } from "../arguments/schema-parts";
import type { MonitoringSource } from "../monitoring-types";
import type { ScrapeTarget } from "../scrape-types";

/** A source whose parts are known one by one: a preview knows networks whose targets are still to be made. */
export interface Source {
  targets: pulumi.Output<ScrapeTarget[]>;
  networks: pulumi.Output<string[]>;
  containers: pulumi.Output<string[]>;
}

/** The output `source` of another component. */
export const source = z
  .custom<pulumi.Input<MonitoringSource>>(
    isSource,
    phrase("be what a component has as its source", "Write it like shop.source."),
  )
  .transform(readSource);

function isSource(value: unknown): boolean {
  if (isDeferred(value)) return true;
  const { targets, networks, containers = [], ...others } = asRecord(value) ?? {};
  const isList = (part: unknown): boolean => Array.isArray(part) || isDeferred(part);
  return [targets, networks, containers].every(isList) && Object.keys(others).length === 0;
}

function isDeferred(value: unknown): value is pulumi.Output<unknown> | Promise<unknown> {
  return pulumi.Output.isInstance(value) || value instanceof Promise;
}

function readSource(given: pulumi.Input<MonitoringSource>): Source {
  // One that is whole before its parts are made from each of them, and so would be what is made from one part.
  const { targets, networks, containers } = isDeferred(given) ? pulumi.output(given) : given;
  return {
    targets: pulumi.output(targets),
    networks: pulumi.output(networks),
    containers: pulumi.output(containers).apply((names) => names ?? []),
  };
}
