import { describeLock } from "../../engine/lock";
import { describeCall } from "../call";
import { ofStack } from "../data-volumes";
import type { PartStatus, PoolStatus, Status } from "./report";
import type { Paint } from "./style";
import { describeTold } from "./told";
import { type Column, describeSpan, describeUse, renderTable } from "./table";

/** The status of a stack for people, of so many columns. */
export function renderStatus(status: Status, stack: string, width: number, paint: Paint): string[] {
  const at = Date.parse(status.at);
  const [head = "", ...rows] = renderTable(status.parts, columns(at), width);
  const lines = new Map(status.parts.map((part, index) => [part, paintRow(part, rows[index] ?? "", paint)]));
  const show = (some: PartStatus[]): string[] => some.map((part) => lines.get(part) ?? "");
  const others = status.parts.filter(({ pool }) => pool === "");
  const sections: string[][] = [
    ...status.pools.map((pool) => [
      paint("bold", describePool(pool, hasSeveral(status))),
      ...show(status.parts.filter((part) => part.service === pool.service && part.pool === pool.pool)),
    ]),
    section(paint, "balancer", show(others.filter(({ role }) => role === "balancer"))),
    section(paint, "datastores", [
      ...show(others.filter(({ store }) => store !== "")),
      ...status.backups.map(({ store, last, verified }) =>
        last === null
          ? `backup of ${store}: none`
          : `backup of ${store}: ${describeSpan(at - Date.parse(last))} ago${verified ? ", verified" : ""}`,
      ),
    ]),
    section(paint, "monitoring", show(others.filter(({ role }) => role === "monitoring"))),
    describeRest(status, at),
  ];
  return [
    describeHead(status, paint),
    ...describeOwn(status, stack).map((line) => `  ${paint("yellow", "*")} ${line}`),
    "",
    paint("gray", head),
    ...sections.filter((lines) => lines.length > 0).flatMap((lines) => [...lines, ""]),
  ].slice(0, -1);
}

/** Words of somebody to the stack, which are no fault of it. */
function describeOwn({ lock, told, held, ...status }: Status, stack: string): string[] {
  return [
    ...(lock === null
      ? []
      : [`${describeLock(status.stack, lock)}. Unlock it: ${describeCall("unlock", ...ofStack(stack))}`]),
    ...describeTold(told, stack),
    ...held.map(
      ({ pool, until }) =>
        `Requests of ${pool} wait until ${until.slice(11, 19)} UTC. End it: ${describeCall("hold", "off", ...ofStack(stack))}`,
    ),
  ];
}

function section(paint: Paint, title: string, lines: string[]): string[] {
  return lines.length === 0 ? [] : [paint("bold", title), ...lines];
}

function describeHead({ stack, engine, at, ok, problems }: Status, paint: Paint): string {
  const time = at.replace("T", " ").replace(/\.\d+Z$/, " UTC");
  const where = engine === null ? "" : ` on ${engine}`;
  return [
    `${paint("bold", stack)}${where}, ${time}: ${ok ? paint("green", "all is well") : paint("red", `${problems.length} to mend`)}`,
    ...problems.map((problem) => `  ${paint("red", "!")} ${problem}`),
  ].join("\n");
}

function hasSeveral({ pools }: Status): boolean {
  return new Set(pools.map(({ service }) => service)).size > 1;
}

function describePool({ service, pool, well, replicas, ...traffic }: PoolStatus, several: boolean): string {
  const { requests, failed, requestsPerSecond } = traffic;
  return [
    `${several ? `${service}/` : ""}${pool}: ${well} of ${replicas} well`,
    ...(requestsPerSecond === null ? [] : [`${describeRate(requestsPerSecond)} requests/s`]),
    ...(requests === null ? [] : [`${failed ?? 0} of ${requests} answers 5xx`]),
  ].join(", ");
}

function describeRest({ certificates, disk }: Status, at: number): string[] {
  return [
    ...certificates.map(
      ({ file, expires }) => `certificate ${file}: ends in ${describeSpan(Date.parse(expires) - at)}`,
    ),
    ...(disk === null ? [] : [`disk of the engine: ${describeUse(disk)}`]),
  ];
}

function columns(at: number): Column<PartStatus>[] {
  return [
    { title: "NAME", text: ({ title }) => title, least: 10 },
    { title: "STATE", text: ({ state }) => state },
    { title: "SINCE", text: ({ since }) => describeSpan(at - Date.parse(since)), isNumber: true },
    { title: "VERSION", text: ({ image }) => shortenImage(image), least: 8, keepsEnd: true },
    { title: "CPU", text: ({ cpuPercent }) => number(cpuPercent, "%", 0), isNumber: true },
    { title: "MEMORY", text: describeMemory, isNumber: true },
    {
      title: "REQ/S",
      text: ({ requestsPerSecond }) => (requestsPerSecond === null ? "" : describeRate(requestsPerSecond)),
      isNumber: true,
    },
    { title: "P95", text: ({ p95Ms }) => number(p95Ms, " ms", 0), isNumber: true },
    { title: "ERRORS", text: ({ errors }) => number(errors || null, "", 0), isNumber: true, isSpare: true },
    {
      title: "SHARE",
      text: ({ sharePercent }) => number(sharePercent, "%", 0),
      isNumber: true,
      isSpare: true,
    },
    { title: "RESTARTS", text: ({ restarts }) => number(restarts || null, "", 0), isNumber: true },
  ];
}

function number(value: number | null, unit: string, digits: number): string {
  return value === null ? "" : `${value.toFixed(digits)}${unit}`;
}

function describeRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : String(Math.round(perSecond));
}

const mebibyte = 1024 ** 2;

function describeMemory({ memoryBytes, memoryLimit }: PartStatus): string {
  if (memoryBytes === null) return "";
  const used = Math.round(memoryBytes / mebibyte);
  return memoryLimit === null ? `${used} MiB` : `${used}/${Math.round(memoryLimit / mebibyte)} MiB`;
}

/** The end of a reference: the name and the version, without registry and folders; a hash by its first digits, as Git has it. */
function shortenImage(image: string): string {
  const [, id] = /^sha256:([0-9a-f]{12})/.exec(image) ?? [];
  if (id !== undefined) return id;
  const last = image.slice(image.lastIndexOf("/") + 1);
  return last.replace(/@sha256:([0-9a-f]{7}).*/, "@$1").replace(/:([0-9a-f]{7})[0-9a-f]{9,}$/, ":$1");
}

function paintRow({ state }: PartStatus, row: string, paint: Paint): string {
  if (state === "healthy" || state === "running") return row;
  return paint(state === "starting" ? "yellow" : "red", row);
}

/** The figures of containers, for people. */
export function renderStats(parts: PartStatus[], width: number): string[] {
  const told = ["NAME", "CPU", "MEMORY", "REQ/S", "ERRORS", "P95", "SHARE"];
  return renderTable(
    parts,
    columns(0).filter(({ title }) => told.includes(title)),
    width,
  );
}
