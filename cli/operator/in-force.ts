import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { places } from "../../nginx/places";
import { Failure } from "../failure";

const script = `cd ${places.live} && cat nginx.conf && for list in members/*.conf; do echo; echo "# $list"; cat "$list"; done`;

/** The settings that a balancer runs with, and the replicas that it knows, without secrets. */
export async function readSettings(engine: Engine, { id, title, state }: Part): Promise<string> {
  if (state !== "running") throw new Failure(`The ${title} is ${state}, so it has no settings in force.`);
  const { code, stdout, stderr } = await engine.inside(id, script);
  if (code !== 0) throw new Failure(`The ${title} does not show its settings: ${(stderr || stdout).trim()}`);
  return maskSecrets(stdout);
}

const secretNames = /authorization|token|secret|password|passwd|api[-_]?key|cookie/i;

/** Hides what directives give to headers and variables whose names say that it is secret; variables of Nginx's stay. */
export function maskSecrets(settings: string): string {
  return settings
    .split("\n")
    .map((line) => {
      const [, start = "", name = "", value = "", end = ""] =
        /^(\s*(?:\w+_set_header|\w+_pass_header|add_header|set)\s+)(\S+)\s+(.*?)(;.*)$/.exec(line) ?? [];
      if (start === "" || !secretNames.test(name) || /^"?\$\w+"?(?: always)?$/.test(value)) return line;
      return `${start}${name} "[secret]"${end}`;
    })
    .join("\n");
}

/** Settings of a stack as Pulumi prints them, in which secrets have no value. */
export function renderSettings(printed: string): string[] {
  const settings = JSON.parse(printed) as Record<
    string,
    { value?: string; objectValue?: unknown; secret?: boolean }
  >;
  return Object.entries(settings).map(([name, { value, objectValue, secret }]) => {
    if (secret === true) return `${name}: [secret]`;
    return `${name}: ${objectValue === undefined ? (value ?? "") : JSON.stringify(objectValue, undefined, 2)}`;
  });
}
