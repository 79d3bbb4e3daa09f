/** A text with the values of its variables. */
export interface Interpolated {
  text: string;
  /** Variables that have no value and no default: nothing stands in their place. */
  unset: string[];
  /** Whether the text is not what Compose understands. */
  isWrong: boolean;
}

/** Gives the value of a variable; undefined where it has none. */
export type Lookup = (name: string) => string | undefined;

const start = /^([A-Za-z_][A-Za-z0-9_]*)/;

/** Puts the values of variables into a text, by Compose's rules: `$A`, `${A:-b}`, `${A-b}`, `${A:+b}`, `${A:?error}`, `$$`. */
export function interpolate(text: string, lookup: Lookup): Interpolated {
  const result: Interpolated = { text: "", unset: [], isWrong: false };
  let at = 0;
  while (at < text.length) {
    const sign = text.indexOf("$", at);
    if (sign === -1) break;
    result.text += text.slice(at, sign);
    const rest = text.slice(sign + 1);
    const [name] = start.exec(rest) ?? [];
    if (rest.startsWith("$")) {
      result.text += "$";
      at = sign + 2;
    } else if (rest.startsWith("{")) {
      const end = findEnd(text, sign + 2);
      if (end === undefined) return { ...result, isWrong: true };
      expand(text.slice(sign + 2, end), lookup, result);
      at = end + 1;
    } else if (name === undefined) {
      return { ...result, isWrong: true };
    } else {
      add(name, lookup, result);
      at = sign + 1 + name.length;
    }
  }
  result.text += text.slice(at);
  return result;
}

/** The place of the brace that closes one; a default may hold further ones. */
function findEnd(text: string, from: number): number | undefined {
  let depth = 1;
  for (let at = from; at < text.length; at++) {
    if (text.startsWith("${", at)) depth++;
    if (text[at] === "}" && --depth === 0) return at;
  }
  return undefined;
}

function add(name: string, lookup: Lookup, result: Interpolated): void {
  const value = lookup(name);
  if (value === undefined) result.unset.push(name);
  else result.text += value;
}

function expand(inner: string, lookup: Lookup, result: Interpolated): void {
  const [, name, operator = "", word = ""] = /^([A-Za-z_][A-Za-z0-9_]*)(:?[-+?])?(.*)$/s.exec(inner) ?? [];
  if (name === undefined || (operator === "" && word !== "")) {
    result.isWrong = true;
    return;
  }
  const value = lookup(name);
  const isThere = value !== undefined && !(operator.startsWith(":") && value === "");
  const sign = operator.at(-1);
  if (sign === "+" ? isThere : sign === "-" && !isThere) {
    const { text, unset, isWrong } = interpolate(word, lookup);
    result.text += text;
    result.unset.push(...unset);
    result.isWrong ||= isWrong;
  } else if (sign === "+") {
    return;
  } else if (isThere) {
    result.text += value;
  } else {
    result.unset.push(name);
  }
}
