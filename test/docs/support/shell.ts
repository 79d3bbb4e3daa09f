const keywords = new Set(["while", "until", "do", "if", "then", "else", "!"]);
const endings = new Set(["done", "fi"]);

/** Splits the lines of a shell into commands, each as its words; those in `$(…)` count by themselves. */
export function splitCommands(script: string): string[][] {
  const commands: string[][] = [];
  let words: string[] = [];
  let word: string | undefined;
  let quote = "";
  const endWord = () => {
    if (word !== undefined) words.push(word);
    word = undefined;
  };
  const endCommand = () => {
    endWord();
    commands.push(words);
    words = [];
  };
  const text = script.replaceAll(/\\\n/g, " ");
  for (let at = 0; at < text.length; at++) {
    const letter = text.charAt(at);
    if (quote !== "'" && text.startsWith("$(", at)) {
      const end = findEnd(text, at + 2);
      commands.push(...splitCommands(text.slice(at + 2, end)));
      word = `${word ?? ""}$(…)`;
      at = end;
    } else if (quote !== "") {
      if (letter === quote) quote = "";
      else word = `${word ?? ""}${letter}`;
    } else if (letter === "'" || letter === '"') {
      quote = letter;
      word ??= "";
    } else if (letter === "#" && word === undefined) {
      while (at + 1 < text.length && text.charAt(at + 1) !== "\n") at++;
    } else if (/[\n;|&]/.test(letter) && !text.startsWith(">&", at - 1)) endCommand();
    else if (/\s/.test(letter)) endWord();
    else word = `${word ?? ""}${letter}`;
  }
  endCommand();
  return commands.map(withoutSyntax).filter(({ length }) => length > 0);
}

function findEnd(text: string, from: number): number {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.charAt(at) === "(") depth++;
    if (text.charAt(at) === ")" && --depth === 0) return at;
  }
  return text.length;
}

/** Takes away keywords, variables in front, and where input and output go. */
function withoutSyntax(words: string[]): string[] {
  const kept: string[] = [];
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const isFirst = kept.length === 0;
    if (isFirst && (keywords.has(word) || endings.has(word) || /^\w+=/.test(word))) continue;
    if (/^\d?(?:>>?|<)$/.test(word)) at++;
    else if (!/^\d?[<>]/.test(word)) kept.push(word);
  }
  return kept;
}
