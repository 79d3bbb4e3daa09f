import { basename, join } from "node:path";
import { readVariables } from "../compose/variables";
import { findOnHost, type NginxFiles, readNginx, readNginxFile, type View } from "../nginx/files";
import { Scope } from "../nginx/scope";
import type { Directive } from "../nginx/tokens";
import type { Fault } from "../place";
import type { Context, Unit } from "./context";
import { readDockerfile } from "../dockerfile";

/** The Nginx that the balancer takes the place of. */
export interface Front {
  /** Its service; undefined where it is none of the project's. */
  unit: Unit | undefined;
  http: Scope;
  /** Everything that its files say. */
  files: NginxFiles;
  view: View;
}

const fastPass = ["fastcgi_pass", "uwsgi_pass", "scgi_pass"];

/** Finds the Nginx in front: that of a file that is named, or the service that passes requests on to others. */
export function findFront(context: Context, file: string | undefined, faults: Fault[]): Front | undefined {
  const units = context.list.filter(({ kind }) => kind.is === "nginx");
  const fronts = units.flatMap((unit): Front[] => {
    const view = viewOf(unit, context);
    const files = file === undefined ? readNginx(view, faults) : readNginxFile(file, view, faults);
    const front = files === undefined ? undefined : toFront(unit, files, view);
    if (front === undefined || (file === undefined && !passesOn(front))) return [];
    return [front];
  });
  const [named] = file !== undefined && units.length === 0 ? [undefined] : fronts;
  const front = file !== undefined && named === undefined ? fromFile(file, faults) : named;
  for (const unit of units) {
    if (unit === front?.unit && !keepsNginx(front, context)) continue;
    // It answers by itself, so it is an application like others.
    unit.kind = { is: "application" };
  }
  return front !== undefined && (front.unit === undefined || front.unit.kind.is === "nginx")
    ? front
    : undefined;
}

function fromFile(file: string, faults: Fault[]): Front | undefined {
  const view: View = { mounts: [], environment: {} };
  return toFront(undefined, readNginxFile(file, view, faults), view);
}

function toFront(unit: Unit | undefined, files: NginxFiles, view: View): Front | undefined {
  const main = new Scope(files.directives);
  const [http] = main.blocks("http");
  return http === undefined ? undefined : { unit, http, files, view };
}

/** All directives of some blocks. */
export function listDirectives(directives: Directive[]): Directive[] {
  return directives.flatMap((directive) => [directive, ...listDirectives(directive.block ?? [])]);
}

function passesOn({ files }: Front): boolean {
  return listDirectives(files.directives).some(({ name }) =>
    ["proxy_pass", "grpc_pass", ...fastPass].includes(name),
  );
}

/** An Nginx that speaks FastCGI stays, behind the balancer: what it speaks to stays in Compose. */
function keepsNginx({ files, unit }: Front, context: Context): boolean {
  const passes = listDirectives(files.directives).filter(({ name }) => fastPass.includes(name));
  const [first] = passes;
  if (first === undefined || unit === undefined) return false;
  for (const { args, name } of passes) {
    const host = args[0]?.split(":")[0] ?? "";
    const upstream = listDirectives(files.directives).find(
      (each) => each.name === "upstream" && each.args[0] === host,
    );
    const hosts =
      upstream === undefined
        ? [host]
        : (upstream.block ?? [])
            .filter((each) => each.name === "server")
            .map((each) => each.args[0]?.split(":")[0] ?? "");
    for (const each of hosts) {
      const target = context.findUnit(each);
      if (target === undefined) continue;
      target.kind = {
        is: "kept",
        why: `it speaks ${name.replace("_pass", "")}, and the balancer speaks HTTP. To have it as a pool of replicas, give it a web server in its own image, as php:apache and FrankenPHP have one`,
      };
      unit.reaches.add(target);
    }
  }
  context.report.change(
    first.place,
    first.name,
    `stays with this Nginx, which becomes the pool ${unit.name} behind the balancer.`,
  );
  return true;
}

/** The files of this machine that a service of Nginx sees. */
function viewOf({ services: [service] }: Unit, { project }: Context): View {
  const { fields } = service;
  const copies = (readDockerfile(fields)?.copies ?? []).map(({ source, target }) => ({
    source,
    target:
      target.endsWith("/") && /\.\w+$/.test(source)
        ? join(target, basename(source))
        : target.replace(/(?<=.)\/$/, ""),
  }));
  const binds = fields.volumes.flatMap(({ type, source, target }) =>
    type === "bind" && source !== undefined && target !== undefined
      ? [{ source, target: target.replace(/(?<=.)\/$/, "") }]
      : [],
  );
  const configs = fields.configs.flatMap(({ source, target = `/${source}` }) => {
    const { file } = project.fields.configs[source] ?? {};
    return file === undefined ? [] : [{ source: file, target }];
  });
  const secrets = fields.secrets.flatMap(({ source, target = source }) => {
    const { file } = project.fields.secrets[source] ?? {};
    return file === undefined
      ? []
      : [{ source: file, target: target.startsWith("/") ? target : `/run/secrets/${target}` }];
  });
  const variables = readVariables(service, project, () => undefined);
  const environment = Object.fromEntries(
    [...variables].flatMap(([name, { value }]) => (value === undefined ? [] : [[name, value]])),
  );
  return { mounts: [...copies, ...configs, ...secrets, ...binds], environment };
}

/** A file or folder that Nginx names, as the stack's file has it. */
export function toProjectPath(path: string, { view }: Front, context: Context): string | undefined {
  const found = findOnHost(view, path.startsWith("/") ? path : `/etc/nginx/${path}`);
  return found === undefined ? undefined : context.toProject(found);
}
