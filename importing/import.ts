import { readProject } from "./compose/project";
import { classify, tellOthers } from "./decide/classify";
import { Context } from "./decide/context";
import { findFront } from "./decide/front";
import { makeMonitoring } from "./decide/monitoring";
import { connectPools } from "./decide/networks";
import { addHealth, makePool } from "./decide/pools";
import { publishPools } from "./decide/publish";
import { tellRest } from "./decide/rest";
import { readFront } from "./decide/servers";
import { makeStore } from "./decide/stores";
import type { Fault } from "./place";
import type { Report } from "./report";
import type { StackSettings } from "./settings";

/** A project to import. */
export interface ImportRequest {
  /** Folder that files are named from. */
  folder: string;
  /** Files of Compose; those with its usual names when there are none. */
  files: string[];
  /** File of Nginx; that of the service in front when left out. */
  nginx?: string | undefined;
  profiles: string[];
  /** Files of variables; `.env` when there are none. */
  envFiles: string[];
  /** Folder of the stack's file; that of the first file when left out. */
  output?: string | undefined;
  environment: NodeJS.ProcessEnv;
}

/** The result: all that cannot be read, or a stack. */
export type Imported =
  | { ok: false; faults: Fault[] }
  | {
      ok: true;
      /** Name of Compose's project. */
      name: string;
      /** Folder of the stack's file. */
      output: string;
      settings: StackSettings;
      report: Report;
    };

/** Makes a stack of a project of Compose and its Nginx. */
export function importCompose(request: ImportRequest): Imported {
  const faults: Fault[] = [];
  const project = readProject(request, request.profiles, faults);
  if (project === undefined) return { ok: false, faults };
  const context = new Context(project, request.output ?? project.folder);
  classify(context);
  const front = findFront(context, request.nginx, faults);
  if (faults.length > 0) return { ok: false, faults };
  if (front !== undefined) readFront(front, context);
  for (const unit of context.list) makeStore(unit, context);
  publishPools(context, front !== undefined);
  for (const unit of context.applications) makePool(unit, context);
  connectPools(context);
  for (const unit of context.applications) addHealth(unit, context);
  makeMonitoring(context);
  tellOthers(context);
  for (const unit of context.list) tellRest(unit, context);
  if (front?.unit !== undefined) {
    const [{ name, placeOf }] = front.unit.services;
    context.report.take(placeOf(), name, "balancer");
  }
  const { settings, report, output } = context;
  if (Object.keys(settings.pools).length === 0) {
    const why = report.left.map(({ what, text }) => `${what}: ${text}`).join(" ");
    const text = `None of the services becomes a pool, and a stack needs one. ${why}`;
    return { ok: false, faults: [{ place: project.placeOf("services"), text }] };
  }
  return { ok: true, name: project.name, output, settings, report };
}
