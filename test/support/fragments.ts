/** A block of Nginx's settings: where it is, its own lines, and the blocks in it. */
interface Block {
  place: string;
  name: string;
  lines: string[];
  /** The same, to be looked up. */
  has: Set<string>;
  blocks: Block[];
}

/** What tells one server from another. */
const serverMarks = /^(?:listen 127|server_name|listen \d+ ssl)/;

/**
 * What settings have that others have not, block by block: what each new block is most like, and in what it differs. Where
 * a whole file says the same as others over and over, this says what is its own.
 */
export function describeFragments(text: string, usual: string): string {
  const { usualRoot, known } = readUsual(usual);
  const earlier: Block[] = [];
  /** Titles of the blocks that differ from theirs in the same, by what that is. */
  const titles = new Map<string, string[]>();

  function note(title: string, changes: string[]): void {
    const key = changes.length === 0 ? title : changes.join("");
    titles.set(key, [...(titles.get(key) ?? []), `${title}\n`]);
  }

  function compare(block: Block, namesake: Block | undefined): void {
    const isChanged = namesake !== undefined && (namesake.lines.length === 0 || isAlike(block, namesake));
    const like = isChanged ? namesake : findLike(block, [...known, ...earlier]);
    const changes = listChanges(block, like);
    if (like === undefined) note(`${block.place}, new`, changes);
    else if (!isChanged)
      note(`${block.place}, like ${known.includes(like) ? "the usual " : ""}${like.place}`, changes);
    else if (changes.length > 0) note(block.place, changes);
    const inLike = like?.blocks ?? [];
    for (const inner of block.blocks)
      compare(
        inner,
        inLike.find(({ name }) => name === inner.name),
      );
    for (const { name } of inLike)
      if (!block.blocks.some((inner) => inner.name === name)) note(`without ${join(block.place, name)}`, []);
    earlier.push(block);
  }

  compare(readBlocks(text), usualRoot);
  return [...titles]
    .map(([changes, places]) => places.join("") + (changes.endsWith("\n") ? changes : ""))
    .join("");
}

const usuals = new Map<string, { usualRoot: Block; known: Block[] }>();

/** Many settings are compared with the same. */
function readUsual(text: string): { usualRoot: Block; known: Block[] } {
  const before = usuals.get(text);
  if (before !== undefined) return before;
  const usualRoot = readBlocks(text);
  const read = { usualRoot, known: flatten(usualRoot) };
  usuals.set(text, read);
  return read;
}

function listChanges(block: Block, like?: Block): string[] {
  const left = (like?.lines ?? []).filter((line) => !block.has.has(line));
  const added = block.lines.filter((line) => like?.has.has(line) !== true);
  return [...left.map((line) => `  - ${line}\n`), ...added.map((line) => `  + ${line}\n`)];
}

/** Whether two blocks have most of their lines in common, so that it is shorter to say in what they differ. */
function isAlike(block: Block, like: Block): boolean {
  return countCommon(block, like) * 2 > like.lines.length;
}

/** The block of the same kind from which a new one differs least, itself and in the blocks that it has. */
function findLike(block: Block, others: Block[]): Block | undefined {
  const countChanges = (other: Block): number =>
    listChanges(block, other).length +
    other.blocks.filter((inner) => findNamesake(inner, block.blocks) === undefined).length;
  const kind = kindOf(block);
  const [best] = others
    .filter((other) => {
      if (kindOf(other) !== kind) return false;
      const common = countCommon(block, other);
      return common > 1 && common * 2 > other.lines.length && isAlike(other, block);
    })
    .map((other) => ({ other, changes: countChanges(other) }))
    .sort((a, b) => a.changes - b.changes);
  return best?.other;
}

function countCommon(block: Block, other: Block): number {
  return block.lines.filter((line) => other.has.has(line)).length;
}

function findNamesake({ name }: Block, others: Block[] = []): Block | undefined {
  return others.find((other) => other.name === name);
}

function kindOf({ name }: Block): string {
  const end = name.indexOf(" ");
  return end < 0 ? name : name.slice(0, end);
}

function flatten(block: Block): Block[] {
  return [block, ...block.blocks.flatMap(flatten)];
}

function readBlocks(text: string): Block {
  const root: Block = { place: "", name: "", lines: [], has: new Set(), blocks: [] };
  const open = [root];
  const lines = text.split("\n").map((line) => line.trim());
  for (const [index, line] of lines.entries()) {
    const outer = open.at(-1) ?? root;
    if (line === "}") open.pop();
    else if (line.endsWith("{")) {
      const head = line.slice(0, -1).trim();
      const name = head === "server" ? nameServer(lines.slice(index + 1)) : head;
      const block = { place: join(outer.place, name), name, lines: [], has: new Set<string>(), blocks: [] };
      outer.blocks.push(block);
      open.push(block);
    } else if (line !== "") {
      outer.lines.push(line);
      outer.has.add(line);
    }
  }
  return root;
}

/** The place of a block; that everything is within "http" goes without saying. */
function join(outer: string, name: string): string {
  return outer === "" || outer === "http" ? name : `${outer} > ${name}`;
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
