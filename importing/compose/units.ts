const secondsOf: Record<string, number> = { h: 3600, m: 60, s: 1, ms: 1e-3, us: 1e-6, µs: 1e-6, ns: 1e-9 };

/** Seconds of a duration like `1m30s`; undefined where it is none. */
export function readSeconds(text: string): number | undefined {
  if (/^\d+(?:\.\d+)?$/.test(text)) return Number(text);
  if (!/^(?:\d+(?:\.\d+)?(?:h|ms|us|µs|ns|m|s))+$/.test(text)) return undefined;
  return [...text.matchAll(/(\d+(?:\.\d+)?)(h|ms|us|µs|ns|m|s)/g)].reduce(
    (sum, [, count = "", unit = ""]) => sum + Number(count) * (secondsOf[unit] ?? 0),
    0,
  );
}

/** MiB of an amount of memory like `512m` or `1.5gb`; undefined where it is none. */
export function readMiB(text: string): number | undefined {
  const [, count, unit = ""] = /^(\d+(?:\.\d+)?)\s*([kmgt]?)i?b?$/i.exec(text.trim()) ?? [];
  if (count === undefined) return undefined;
  const power = ["", "k", "m", "g", "t"].indexOf(unit.toLowerCase());
  return (Number(count) * 1024 ** power) / 1024 ** 2;
}

/** The words of a command line, as a shell takes it apart; undefined where a quote is left open. */
export function splitWords(line: string): string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line.charAt(at);
    if (quote === "'" || (quote === '"' && letter !== "\\")) {
      if (letter === quote) quote = "";
      else word = (word ?? "") + letter;
    } else if (letter === "\\" && at + 1 < line.length) {
      const next = line.charAt(++at);
      word = (word ?? "") + (quote === '"' && !/["\\$`]/.test(next) ? letter : "") + next;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (/\s/.test(letter)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else {
      word = (word ?? "") + letter;
    }
  }
  if (quote !== "") return undefined;
  return word === undefined ? words : [...words, word];
}
