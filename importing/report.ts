import { describePlace, type Place } from "./place";

/** One thing that was read, and its end. */
export interface Remark {
  place: Place;
  /** The name that its file has for it. */
  what: string;
  /** Its new form, the reason, and the remedy. */
  text: string;
}

/** A secret that the stack's file names, and whose value it does not have. */
export interface NamedSecret {
  name: string;
  /** Where the value stands, or what it comes from. */
  from: string;
  /** Whether nothing can stand in for the value; otherwise one is generated. */
  isNeeded: boolean;
}

/** A part that was taken over. */
interface Taken {
  place: Place;
  what: string;
  to: string;
  parts: Set<string>;
}

/** All that an import says of what it read. */
export class Report {
  readonly changed: Remark[] = [];
  readonly left: Remark[] = [];
  readonly secrets = new Map<string, NamedSecret>();
  private readonly takenParts = new Map<string, Taken>();

  /** A part became a setting as it was. */
  take(place: Place, what: string, to: string, part?: string): void {
    const key = JSON.stringify([what, to]);
    const taken = this.takenParts.get(key) ?? { place, what, to, parts: new Set<string>() };
    this.takenParts.set(key, taken);
    if (part !== undefined) taken.parts.add(part);
  }

  /** A part became something else than it was. */
  change(place: Place, what: string, text: string): void {
    this.add(this.changed, { place, what, text });
  }

  /** A part became nothing. */
  leave(place: Place, what: string, text: string): void {
    this.add(this.left, { place, what, text });
  }

  needSecret(name: string, from: string, isNeeded: boolean): void {
    const before = this.secrets.get(name);
    this.secrets.set(name, {
      name,
      from: before?.from ?? from,
      isNeeded: isNeeded || before?.isNeeded === true,
    });
  }

  /** Everything that was taken over, a line for each part. */
  get taken(): Remark[] {
    return [...this.takenParts.values()].map(({ place, what, to, parts }) => ({
      ...{ place, what },
      text: `→ ${to}${parts.size === 0 ? "" : `: ${[...parts].join(", ")}`}`,
    }));
  }

  /** Whether anything is said of a setting of a service: by itself, in a list, or by its parts. */
  mentions(service: string, key: string): boolean {
    return [...this.taken, ...this.changed, ...this.left].some(({ what }) => {
      if (!what.startsWith(`${service}.`)) return false;
      const keys = what.slice(service.length + 1).split(", ");
      return keys.some(
        (each) => each === key || /^[.\s[]/.test(each.startsWith(key) ? each.slice(key.length) : ""),
      );
    });
  }

  /** Whether anything is said of what stands at a place, by its first word. */
  mentionsAt({ file, line }: Place, word: string): boolean {
    return [...this.taken, ...this.changed, ...this.left].some(
      ({ place, what }) => place.file === file && place.line === line && what.split(" ").includes(word),
    );
  }

  private add(remarks: Remark[], remark: Remark): void {
    const isTold = remarks.some(
      ({ place, what, text }) =>
        what === remark.what &&
        text === remark.text &&
        place.file === remark.place.file &&
        place.line === remark.place.line,
    );
    if (!isTold) remarks.push(remark);
  }
}

/** A report for programs. */
export interface ReportData {
  taken: PlacedRemark[];
  changed: PlacedRemark[];
  left: PlacedRemark[];
  secrets: NamedSecret[];
}

interface PlacedRemark {
  place: string;
  what: string;
  text: string;
}

/** The report with its places as they are written from a folder. */
export function describeReport(report: Report, folder: string): ReportData {
  const list = (remarks: Remark[]): PlacedRemark[] =>
    [...remarks]
      .sort(
        (one, other) => one.place.file.localeCompare(other.place.file) || one.place.line - other.place.line,
      )
      .map(({ place, what, text }) => ({ place: describePlace(folder, place), what, text }));
  return {
    taken: list(report.taken),
    changed: list(report.changed),
    left: list(report.left),
    secrets: [...report.secrets.values()].sort((one, other) => (one.name < other.name ? -1 : 1)),
  };
}

/** The report as text: what is of one service is one line, and so is what is said of several. */
export function renderReport({ taken, changed, left, secrets }: ReportData, stack: string): string {
  const section = (title: string, lines: string[]): string[] =>
    lines.length === 0 ? [] : [`${title} (${lines.length}):`, ...lines.map((line) => `  ${line}`), ""];
  const commands = secrets.map(
    ({ name, from, isNeeded }) =>
      `pulumi config set --secret ${name} --stack ${stack}  # ${from}${isNeeded ? "" : "; generated where it is not set"}`,
  );
  return [
    ...section("Taken over", joinTaken(taken)),
    ...section("Decided differently", joinSaid(changed)),
    ...section("Not taken over", joinSaid(left)),
    ...section("Secrets, to be set before `up`", commands),
  ].join("\n");
}

function joinTaken(remarks: PlacedRemark[]): string[] {
  const groups = new Map<string, { place: string; parts: string[] }>();
  for (const { place, what, text } of remarks) {
    const [, to = "", rest] = /^→ ([^:]*?)(?:: (.*))?$/.exec(text) ?? [];
    const [, owner = what, part] = /^([\w-]+)\.(.*)$/.exec(what) ?? [];
    const [, home = to, setting] = /^((?:pools|datastores)\.[^.]+|balancer)(?:\.(.*))?$/.exec(to) ?? [];
    const isService = /^(?:(?:pools|datastores)\.|balancer)/.test(to) && !/\s/.test(what);
    const key = isService ? `${owner} → ${home}` : `${what} → ${to}`;
    const group = groups.get(key) ?? { place, parts: [] };
    groups.set(key, group);
    const detail = isService
      ? [setting, rest].filter((each) => each !== undefined).join(" ") || (part ?? "")
      : (rest ?? "");
    if (part === undefined && isService) group.place = place;
    // `stores` says nothing where `stores mongodb` does.
    const isTold = group.parts.some((each) => each === detail || each.startsWith(`${detail} `));
    if (detail !== "" && !isTold) group.parts.push(detail);
  }
  return [...groups].map(
    ([key, { place, parts }]) => `${place}  ${key}${parts.length === 0 ? "" : `: ${parts.join(", ")}`}`,
  );
}

function joinSaid(remarks: PlacedRemark[]): string[] {
  const groups = new Map<string, { places: string[]; whats: string[] }>();
  for (const { place, what, text } of remarks) {
    const group = groups.get(text) ?? { places: [], whats: [] };
    groups.set(text, group);
    group.places.push(place);
    group.whats.push(what);
  }
  return [...groups].map(([text, { places, whats }]) => {
    const [first = "", ...others] = places;
    const file = first.replace(/:\d+$/, "");
    const further = others.map((place) =>
      place.startsWith(`${file}:`) ? place.slice(file.length) : ` ${place}`,
    );
    return `${[first, ...new Set(further)].join(",")}  ${[...new Set(whats)].join(", ")}: ${text}`;
  });
}
