import { defineCommand, flag, number, text, texts } from "../command";
import { Misuse } from "../failure";
import { checkHeader } from "../load/headers";
import { checkRoute } from "../load/routes";
import { runLoadTest } from "../load/test";
import { json, stack } from "../options";

/** Loads a stack. */
export const loadtest = defineCommand({
  name: "loadtest",
  summary:
    "sends requests to the stack, and says how many it answers, how fast, and who of the replicas answers; ends with 1 where one failed",
  options: {
    stack,
    url: texts(
      "route",
      'a path of the stack or an address, with a method and a weight where that matters: "POST /orders 2"; may be repeated; / when left out',
      checkRoute,
    ),
    rate: number(
      "number",
      "requests a second, whatever comes back; 50 when neither it nor --connections is told",
      undefined,
      {
        ...{ least: 0.1, most: 20_000, isWhole: false },
      },
    ),
    connections: number("number", "clients, each of which asks again when it is answered", undefined, {
      ...{ least: 1, most: 1000 },
    }),
    seconds: number("number", "how long; 10 when left out", 10, { least: 1, most: 3600 }),
    requests: number("number", "how many at most; 1000000 when left out", 1_000_000, {
      ...{ least: 1, most: 10_000_000 },
    }),
    method: text("name", "the method of routes that name none; GET when left out", "GET", {
      check: (written, place) => {
        if (!/^[A-Z]{3,10}$/.test(written))
          throw new Misuse(`${place} must be a method in capitals, got ${written}. Write it like POST.`);
      },
    }),
    header: texts(
      "header",
      'a header of every request: "Authorization: Bearer …"; may be repeated',
      checkHeader,
    ),
    body: text(
      "text",
      "what every request brings with it, as JSON unless a header says otherwise",
      undefined,
    ),
    timeout: number("seconds", "how long an answer may take; 10 when left out", 10, { least: 1, most: 300 }),
    allowPublic: flag(
      "also loads addresses of others than this machine, private networks and the stack's engine",
    ),
    insecure: flag("takes certificates that nobody vouches for; of the stack's own address it always does"),
    html: text("file", "also writes a page with pictures into this file", undefined),
    json,
  },
  examples: [
    ["npm run loadtest", "50 requests a second for 10 seconds, at the address that the stack publishes"],
    ['npm run loadtest -- --url "/api/orders 3" --url "/ 1" --rate 200 --seconds 60', "a mix of routes"],
    [
      "npm run loadtest -- --connections 32 --html load.html",
      "as much as 32 clients get, with a page of pictures",
    ],
    [`npm run loadtest -- --url "POST /orders" --body '{"item":1}' --json`, "for programs"],
  ],
  check: ({ rate, connections, seconds, requests }) => {
    if (rate !== undefined && connections !== undefined)
      throw new Misuse(
        "--rate and --connections cannot be told together: the one says how many are sent, the other how many wait.",
      );
    if (rate !== undefined && rate * seconds > requests)
      throw new Misuse(
        `--rate ${rate} for ${seconds} seconds is ${Math.round(rate * seconds)} requests, more than --requests allows (${requests}). Tell it fewer seconds, or a higher --requests.`,
      );
  },
  run: (given) => runLoadTest(given),
});
