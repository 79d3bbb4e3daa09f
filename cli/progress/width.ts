/** Columns that a text takes in a terminal, in which some letters are two columns wide and some none. */
export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text.replaceAll(colors, "")) width += columnsOf(letter);
  return width;
}

const colors = /\u001B\[[\d;]*m/g;
const wide =
  /[\u1100-\u115F\u2E80-\uA4CF\uAC00-\uD7A3\uF900-\uFAFF\uFE30-\uFE6F\uFF00-\uFF60\uFFE0-\uFFE6]|\p{Emoji_Presentation}/u;

function columnsOf(letter: string): number {
  if (/[\p{M}\p{Cf}]/u.test(letter)) return 0;
  return wide.test(letter) ? 2 : 1;
}

/** A text in at most so many columns, cut where it is longer; it must have no colours yet. */
export function fit(text: string, columns: number): string {
  if (widthOf(text) <= columns) return text;
  let cut = "";
  let width = 0;
  for (const letter of text) {
    width += columnsOf(letter);
    if (width > columns - 1) break;
    cut += letter;
  }
  return `${cut}…`;
}

/** A text of one line, without what would move the cursor. */
export function toLine(text: string): string {
  return text.replaceAll(/\p{Cc}+/gu, " ").trim();
}
