// Of what npm has for Nginx's files, nothing that is kept tells lines: reports name them, so Nginx's few signs are read here.
import type { Fault, Place } from "../place";

/** A directive of Nginx. */
export interface Directive {
  name: string;
  args: string[];
  place: Place;
  /** The directives in its braces. */
  block?: Directive[];
}

interface Token {
  kind: "word" | "{" | "}" | ";";
  text: string;
  line: number;
}

const escapes: Record<string, string> = { t: "\t", r: "\r", n: "\n", '"': '"', "'": "'", "\\": "\\" };

/** Reads the text of a file of Nginx; what cannot be read is added to the faults. */
export function readDirectives(text: string, file: string, faults: Fault[]): Directive[] {
  const tokens = new Tokens(text);
  const fail = (line: number, said: string): void => {
    faults.push({ place: { file, line }, text: said });
  };
  const readBlock = (opened: number | undefined): Directive[] => {
    const found: Directive[] = [];
    let words: Token[] = [];
    for (;;) {
      const token = tokens.next();
      const [first] = words;
      if (token === undefined || token.kind === "}") {
        if (first !== undefined) fail(first.line, `${first.text} must end with a semicolon. Add it.`);
        if (token === undefined && opened !== undefined)
          fail(opened, "This block must end with a closing brace. Add it.");
        if (token !== undefined && opened === undefined)
          fail(token.line, "This brace closes nothing. Remove it.");
        if (token === undefined || opened !== undefined) return found;
        words = [];
      } else if (token.kind === "word") {
        words.push(token);
      } else if (first === undefined) {
        fail(
          token.line,
          `A directive must stand in front of ${token.kind}. Remove the sign, or write the name.`,
        );
        if (token.kind === "{") readBlock(token.line);
      } else {
        const args = words.slice(1).map((word) => word.text);
        const directive = { name: first.text, args, place: { file, line: first.line } };
        if (token.kind === ";") found.push(directive);
        else if (first.text.endsWith("_by_lua_block")) {
          tokens.skipBlock();
          found.push({ ...directive, block: [] });
        } else found.push({ ...directive, block: readBlock(first.line) });
        words = [];
      }
    }
  };
  const directives = readBlock(undefined);
  if (tokens.openQuote !== undefined)
    fail(tokens.openQuote, "A quote is opened here and never closed. Close it.");
  return directives;
}

class Tokens {
  /** Line of a quote that is never closed. */
  openQuote: number | undefined;
  private at = 0;
  private line = 1;

  constructor(private readonly text: string) {}

  next(): Token | undefined {
    this.skipSpace();
    const letter = this.text[this.at];
    if (letter === undefined) return undefined;
    const line = this.line;
    if (letter === "{" || letter === "}" || letter === ";") {
      this.at++;
      return { kind: letter, text: letter, line };
    }
    const text = letter === '"' || letter === "'" ? this.readQuoted(letter) : this.readWord();
    return { kind: "word", text, line };
  }

  /** Passes over a program in another language, to the brace that ends it. */
  skipBlock(): void {
    for (let depth = 1; depth > 0 && this.at < this.text.length;) {
      const letter = this.take();
      if (letter === "{") depth++;
      if (letter === "}") depth--;
    }
  }

  private take(): string {
    const letter = this.text.charAt(this.at++);
    if (letter === "\n") this.line++;
    return letter;
  }

  private skipSpace(): void {
    for (;;) {
      const letter = this.text[this.at];
      if (letter === "#") while (this.at < this.text.length && this.text[this.at] !== "\n") this.at++;
      else if (letter !== undefined && /[\s\uFEFF]/.test(letter)) this.take();
      else return;
    }
  }

  private readQuoted(quote: string): string {
    const opened = this.line;
    this.take();
    let word = "";
    while (this.at < this.text.length) {
      const letter = this.take();
      if (letter === quote) return word;
      word += letter === "\\" ? this.readEscape() : letter;
    }
    this.openQuote ??= opened;
    return word;
  }

  private readWord(): string {
    let word = "";
    while (this.at < this.text.length) {
      const letter = this.text.charAt(this.at);
      // `${name}` is a part of a word; every other brace ends it.
      if (letter === "{" && word.endsWith("$")) {
        while (this.at < this.text.length && this.text[this.at] !== "}") word += this.take();
        word += this.take();
        continue;
      }
      if (/[\s;{]/.test(letter)) break;
      this.take();
      word += letter === "\\" ? this.readEscape() : letter;
    }
    return word;
  }

  private readEscape(): string {
    const letter = this.take();
    return escapes[letter] ?? `\\${letter}`;
  }
}
