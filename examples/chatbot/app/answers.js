// Makes up answers word by word, as a language model does.
const { setTimeout: wait } = require("node:timers/promises");

const vocabulary =
  "the harbour is calm and every ship of the fleet answers in turn so ask what you like".split(" ");

/** Words of an answer, one after the other. */
async function* answer(message, { words = 12, pauseMs = 20 } = {}) {
  yield `You said “${message}”:`;
  for (let number = 1; number < words; number++) {
    await wait(pauseMs);
    yield vocabulary[(message.length + number) % vocabulary.length];
  }
}

/** How an answer is asked for: within bounds. */
function readWishes({ words, pause }) {
  const within = (text, most, usual) => Math.min(Math.max(Number(text) || usual, 1), most);
  return { words: within(words, 2000, 12), pauseMs: within(pause, 5000, 20) };
}

module.exports = { answer, readWishes };
