import { Misuse } from "../failure";

/** A machine as a provider offers it. */
export interface MachineSize {
  name: string;
  processors: number;
  memoryGiB: number;
  /** Cost of one, from and to, in whatever the user counts in; undefined where that was not told. */
  cost?: [from: number, to: number];
}

/** Sizes that providers have in common. */
const usual: MachineSize[] = [
  { name: "small", processors: 2, memoryGiB: 2 },
  { name: "medium", processors: 2, memoryGiB: 4 },
  { name: "large", processors: 4, memoryGiB: 8 },
  { name: "xlarge", processors: 8, memoryGiB: 16 },
  { name: "2xlarge", processors: 16, memoryGiB: 32 },
];

const form = /^([\w.-]+)=(\d+(?:\.\d+)?)(-|x)(\d+(?:\.\d+)?)$/;

/** Refuses what is no cost of a size. */
export function checkPrice(text: string, place: string): void {
  const [, , from, sign, to] = form.exec(text) ?? [];
  if (sign !== "-" || Number(from) > Number(to))
    throw new Misuse(
      `${place} must be a size with its cost from and to, got ${text}. Write it like small=5-10.`,
    );
}

/** Refuses what is no size. */
export function checkMachine(text: string, place: string): void {
  const [, , processors, sign] = form.exec(text) ?? [];
  if (sign !== "x" || Number(processors) === 0)
    throw new Misuse(
      `${place} must be a name with processors and GiB of memory, got ${text}. Write it like mine=16x64.`,
    );
}

/** The usual sizes and those that were told, with what was told of their cost. */
export function listSizes(machines: string[], prices: string[]): MachineSize[] {
  const told = machines.map((text): MachineSize => {
    const [, name = "", processors, , memoryGiB] = form.exec(text) ?? [];
    return { name, processors: Number(processors), memoryGiB: Number(memoryGiB) };
  });
  const sizes = [...usual.filter(({ name }) => told.every((each) => each.name !== name)), ...told];
  const costs = prices.map((text): [string, [number, number]] => {
    const [, name = "", from, , to] = form.exec(text) ?? [];
    return [name, [Number(from), Number(to)]];
  });
  const stray = costs.find(([name]) => sizes.every((size) => size.name !== name));
  if (stray !== undefined)
    throw new Misuse(
      `--price names the size ${stray[0]}, but there are ${sizes.map(({ name }) => name).join(", ")}. Tell what it is: --machine ${stray[0]}=4x8`,
    );
  const known = new Map(costs);
  return sizes.map((size) => {
    const cost = known.get(size.name);
    return cost === undefined ? size : { ...size, cost };
  });
}
