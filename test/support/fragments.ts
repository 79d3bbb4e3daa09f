/** A block of Nginx's settings: where it is, and its own lines without those of the blocks in it. */
interface Block {
  place: string;
  lines: string[];
}

/** What tells one server from another. */
const serverMarks = /^(?:listen 127|server_name|listen \d+ ssl)/;

/**
 * What settings have that others have not, block by block: what each new block is most like, and in what it differs. Where
 * a whole file says the same as others over and over, this says what is its own.
 */
export function describeFragments(text: string, usual: string): string {
  const known = readBlocks(usual);
  const blocks = readBlocks(text);
  const gone = known.filter(({ place }) => !blocks.some((block) => block.place === place));
  const described = blocks.flatMap((block) => {
    const same = known.find(({ place }) => place === block.place);
    const like = same ?? findLike(block, known);
    const added = block.lines
      .filter((line) => like?.lines.includes(line) !== true)
      .map((line) => `  + ${line}`);
    const left = (like?.lines ?? [])
      .filter((line) => !block.lines.includes(line))
      .map((line) => `  - ${line}`);
    if (same !== undefined && added.length + left.length === 0) return [];
    const title =
      same !== undefined || like === undefined ? block.place : `${block.place}, like ${like.place}`;
    return [title, ...left, ...added];
  });
  return [...described, ...gone.map(({ place }) => `without ${place}`)].map((line) => `${line}\n`).join("");
}

/** The known block of the same kind that has most in common with a new one. */
function findLike({ place, lines }: Block, known: Block[]): Block | undefined {
  const common = (block: Block): number => block.lines.filter((line) => lines.includes(line)).length;
  const [best] = known
    .filter((block) => kindOf(block.place) === kindOf(place))
    .sort((a, b) => common(b) - common(a));
  return best !== undefined && common(best) * 2 > best.lines.length ? best : undefined;
}

function kindOf(place: string): string {
  return place.replace(/^.* > /, "").replace(/ .*/, "");
}

function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  const open: Block[] = [];
  const lines = text.split("\n").map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    if (line === "}") open.pop();
    else if (line.endsWith("{")) {
      const head = line.slice(0, -1).trim();
      const name = head === "server" ? nameServer(lines.slice(index + 1)) : head;
      const block = { place: [...open.slice(-1).map(({ place }) => place), name].join(" > "), lines: [] };
      blocks.push(block);
      open.push(block);
    } else if (line !== "") {
      const [outermost] = open.slice(-1);
      if (outermost === undefined) blocks.push({ place: line, lines: [] });
      else outermost.lines.push(line);
    }
  }
  return blocks.map((block) => ({ ...block, place: block.place.replace(/^http > /, "") }));
}

/** Names a server by the first of its lines that says whose it is. */
function nameServer(lines: string[]): string {
  const own = lines.slice(
    0,
    lines.findIndex((line) => line.endsWith("{")),
  );
  const marks = own.filter((line) => serverMarks.test(line)).map((line) => line.replace(/;$/, ""));
  return `server (${marks.length === 0 ? (own[0] ?? "") : marks.join(", ")})`;
}
