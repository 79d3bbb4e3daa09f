import { createRequire } from "node:module";
import { join } from "node:path";
import { expect, test } from "vitest";

interface Wishes {
  words: number;
  pauseMs: number;
}

const folder = join(__dirname, "../../examples/chatbot/app");
const { answer, readWishes } = createRequire(__filename)(join(folder, "answers.js")) as {
  answer: (message: string, wishes: Wishes) => AsyncIterable<string>;
  readWishes: (query: Record<string, string>) => Wishes;
};

test("an answer has as many words as are wished for, and begins with what was said", async () => {
  const words: string[] = [];
  for await (const word of answer("ahoy", { words: 5, pauseMs: 1 })) words.push(word);
  expect(words).toHaveLength(5);
  expect(words[0]).toContain("ahoy");
});

test.each([
  [{}, { words: 12, pauseMs: 20 }],
  [
    { words: "3", pause: "100" },
    { words: 3, pauseMs: 100 },
  ],
  [
    { words: "-3", pause: "soon" },
    { words: 1, pauseMs: 20 },
  ],
  [
    { words: "1e9", pause: "1e9" },
    { words: 2000, pauseMs: 5000 },
  ],
])("wishes like %j are held within bounds", (query, expected) => {
  expect(readWishes(query)).toEqual(expected);
});
