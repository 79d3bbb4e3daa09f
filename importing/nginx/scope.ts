import type { Directive } from "./tokens";

/** Directives that stand together, and those around them that count where these say nothing. */
export class Scope {
  constructor(
    readonly directives: Directive[],
    readonly parent?: Scope,
    /** The directive whose block it is. */
    readonly head?: Directive,
  ) {}

  /** The directives of a name that stand here. */
  own(name: string): Directive[] {
    return this.directives.filter((each) => each.name === name);
  }

  /** The directives of a name that count here: those that stand here, or else around it. */
  all(name: string): Directive[] {
    const own = this.own(name);
    return own.length > 0 || this.parent === undefined ? own : this.parent.all(name);
  }

  /** The one that counts here. */
  one(name: string): Directive | undefined {
    return this.all(name).at(-1);
  }

  /** The first word of the one that counts here. */
  word(name: string): string | undefined {
    return this.one(name)?.args[0];
  }

  /** The scopes of the blocks in it. */
  blocks(name: string): Scope[] {
    return this.own(name).map((directive) => new Scope(directive.block ?? [], this, directive));
  }
}

/** Seconds of a time of Nginx's, like `30s`, `5m` or `1h30m`. */
export function readTime(text = ""): number | undefined {
  const units: Record<string, number> = {
    ms: 0.001,
    s: 1,
    m: 60,
    h: 3600,
    d: 86_400,
    w: 604_800,
    M: 2_592_000,
    y: 31_536_000,
  };
  if (text === "max") return 315_360_000;
  if (text === "off" || !/^(?:\d+(?:ms|[smhdwMy])?)+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+)(ms|[smhdwMy])?/g)].reduce(
    (sum, [, count, unit = "s"]) => sum + Number(count) * (units[unit] ?? 1),
    0,
  );
}

/** MiB of a size of Nginx's, like `10m`. */
export function readSize(text = ""): number | undefined {
  const [, count, unit = ""] = /^(\d+)([kmg]?)$/i.exec(text) ?? [];
  return count === undefined
    ? undefined
    : (Number(count) * 1024 ** ["", "k", "m", "g"].indexOf(unit.toLowerCase())) / 1024 ** 2;
}

/** The words like `name=value` among some. */
export function readOptions(args: string[]): Map<string, string> {
  return new Map(args.map((arg) => [arg.split("=", 1)[0] ?? "", arg.slice(arg.indexOf("=") + 1)]));
}
