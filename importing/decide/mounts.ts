import { existsSync, statSync } from "node:fs";
import { relative } from "node:path";
import type { MountArgs } from "../../components/types";
import type { Service } from "../compose/project";
import type { Context, Unit } from "./context";
import type { PoolSettings } from "../settings";

type Parts = Pick<PoolSettings, "mounts" | "files" | "secretFiles">;

/** The volumes, configs and secrets of a service that a pool has. */
export function readMounts(unit: Unit, context: Context): Parts {
  const [service] = unit.services;
  const parts: Into["parts"] = { mounts: [], files: {}, secretFiles: {} };
  service.fields.volumes.forEach((volume, index) => {
    readVolume(volume, index, { unit, context, parts });
  });
  readContents(unit, context, parts);
  return {
    ...(parts.mounts.length === 0 ? {} : { mounts: parts.mounts }),
    ...(Object.keys(parts.files).length === 0 ? {} : { files: parts.files }),
    ...(Object.keys(parts.secretFiles).length === 0 ? {} : { secretFiles: parts.secretFiles }),
  };
}

interface Into {
  unit: Unit;
  context: Context;
  parts: { mounts: MountArgs[]; files: Record<string, string>; secretFiles: Record<string, string> };
}

function readVolume(volume: Service["fields"]["volumes"][number], index: number, into: Into): void {
  const { unit, context, parts } = into;
  const { report, project } = context;
  const [{ name, fields, placeOf }] = unit.services;
  const place = placeOf("volumes", index);
  const { type, source, target, read_only: readOnly } = volume;
  const what = `${name}.volumes ${source === undefined ? "" : `${type === "bind" ? shorten(source, context) : source}:`}${target ?? ""}`;
  const only = readOnly ? { readOnly } : {};
  if (type === "tmpfs") {
    report.leave(
      place,
      what,
      "memory in place of a disk is set by a transform in a program of your own (docs/transforms.md).",
    );
  } else if (target === undefined) {
    report.leave(place, what, "it has no place in the container. Name its target.");
  } else if (type === "bind" && source !== undefined) {
    readBind(source, target, { ...into, what, only, place });
  } else if (source === undefined) {
    report.change(
      place,
      what,
      "is not needed: what the image has there is there, and each replica has its own.",
    );
  } else {
    const declared = project.fields.volumes[source];
    const full = declared?.name ?? (declared?.external === true ? source : `${project.name}_${source}`);
    parts.mounts.push({ path: target, volume: full, ...only });
    report.change(
      place,
      what,
      `is the Docker volume ${full}, which has Compose's data. For a new one that the stack makes itself, write shared: ${context.units.has(source) ? "files" : source.toLowerCase().replaceAll("_", "-")} in place of volume.`,
    );
    const { replicas = 1 } = fields.deploy ?? {};
    if (!readOnly && replicas > 1)
      report.change(place, what, "has several writers: docs/stores.md says which ways of writing are safe.");
  }
}

function readBind(
  source: string,
  target: string,
  {
    unit,
    context,
    parts,
    what,
    only,
    place,
  }: Into & { what: string; only: object; place: { file: string; line: number } },
): void {
  const { report } = context;
  const [{ fields }] = unit.services;
  if (source.endsWith("docker.sock")) {
    report.leave(
      place,
      what,
      "who has the engine's socket is root on the host. Nothing of Flotilla needs it; where the application itself does, set mounts with hostPath.",
    );
    return;
  }
  if (/^\/etc\/(?:localtime|timezone)$/.test(source)) {
    report.change(place, what, "is not needed: set env.TZ.");
    return;
  }
  const isFile = existsSync(source) && statSync(source).isFile();
  const within = fields.build === undefined ? ".." : relative(fields.build.context, source);
  if (!isFile && !within.startsWith("..")) {
    report.change(
      place,
      what,
      "is left out: the image has the code, and a change of it is a new version. To work on it live, set mounts with hostPath in the dev stack.",
    );
    return;
  }
  if (isFile) {
    const path = context.toProject(source);
    if (path === undefined)
      report.leave(place, what, "the file is outside of the stack's folder. Copy it there, and set files.");
    else {
      parts.files[target] = path;
      report.take(place, what, `pools.${unit.name}.files`);
    }
    return;
  }
  parts.mounts.push({ path: target, hostPath: source, ...only });
  report.change(
    place,
    what,
    "is this folder of the engine's host by its whole path: another host must have it too. Single files are better in files, which any engine gets.",
  );
}

function shorten(path: string, { project }: Context): string {
  const within = relative(project.folder, path);
  return within.startsWith("..") ? path : `./${within.replaceAll("\\", "/")}`;
}

/** The name of a variable, for a secret of Compose. */
export function nameSecret(name: string): string {
  return name
    .toUpperCase()
    .replaceAll(/\W/g, "_")
    .replace(/^(?=\d)/, "_");
}

function readContents(unit: Unit, context: Context, parts: Into["parts"]): void {
  const { report, project } = context;
  const [{ name, fields, placeOf }] = unit.services;
  fields.secrets.forEach(({ source, target = source }, index) => {
    const path = target.startsWith("/") ? target : `/run/secrets/${target}`;
    const secret = nameSecret(source);
    const { file, environment } = project.fields.secrets[source] ?? {};
    parts.secretFiles[path] = secret;
    const from =
      file === undefined ? (environment ?? `the secret ${source}`) : `the text of ${shorten(file, context)}`;
    report.needSecret(secret, from, true);
    report.take(placeOf("secrets", index), `${name}.secrets.${source}`, `pools.${unit.name}.secretFiles`);
  });
  fields.configs.forEach(({ source, target = `/${source}` }, index) => {
    const { file } = project.fields.configs[source] ?? {};
    const path = file === undefined ? undefined : context.toProject(file);
    const place = placeOf("configs", index);
    if (path === undefined)
      report.leave(
        place,
        `${name}.configs.${source}`,
        `write its text into a file of the stack's folder, and set files: { ${target}: <path> }.`,
      );
    else {
      parts.files[target] = path;
      report.take(place, `${name}.configs.${source}`, `pools.${unit.name}.files`);
    }
  });
}
