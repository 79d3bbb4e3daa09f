import { styleText } from "node:util";

/** Colours of a text; none where nobody sees them. */
export type Color = "red" | "green" | "yellow" | "blue" | "magenta" | "cyan" | "gray" | "bold";

/** Gives a text its colour. */
export type Paint = (color: Color, text: string) => string;

/** Leaves texts as they are. */
export const plain: Paint = (_, text) => text;

/** Colours for a terminal, unless the user wants none (see no-color.org). */
export function choosePaint({
  isTerminal = process.stdout.isTTY,
  environment = process.env,
}: { isTerminal?: boolean; environment?: NodeJS.ProcessEnv } = {}): Paint {
  if (!isTerminal || environment.NO_COLOR || environment.TERM === "dumb") return plain;
  return (color, text) => styleText(color, text, { validateStream: false });
}

/** Columns of the terminal; those of an old one where there is none. */
export function countColumns(): number {
  return process.stdout.isTTY ? Math.max(80, process.stdout.columns) : 80;
}
