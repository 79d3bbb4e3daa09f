import { parseArgs } from "node:util";
import { gzipSync } from "node:zlib";
import { Strategy } from "../../components";
import { renderMember } from "../../nginx/members";
import { renderNginx } from "../../nginx/render";
import { watchFiles } from "../../nginx/watch-files";
import { createWorkspace } from "../engine/support/workspace";
import { toBalancer, toMember } from "../support/balancers";
import { median, readCount } from "./support/measure";

/** Most that a swarm keeps as one configuration. */
const configurationKiB = 1000;

/** Seconds that a preview of a pool takes; nothing is deployed. */
async function timePreviews(replicas: number, rounds: number): Promise<number> {
  const pool = { image: "node:24-slim", port: 3000, replicas, strategy: "rolling" };
  const workspace = await createWorkspace({ name: "many", pools: { api: pool } });
  try {
    const seconds: number[] = [];
    for (let round = 1; round <= rounds; round++) {
      const { ok, seconds: took, text } = await workspace.preview();
      if (!ok) throw new Error(text);
      seconds.push(took);
    }
    return median(seconds);
  } finally {
    await workspace.remove();
  }
}

/** Bytes of all that a balancer is told. */
function weighSettings(replicas: number): { plain: number; packed: number; intervalSeconds: number } {
  const pool = { image: "node:24-slim", port: 3000, replicas, strategy: Strategy.Rolling };
  const balancer = toBalancer({ pools: { api: pool } });
  const [upstream] = balancer.upstreams;
  if (upstream === undefined) throw new Error("There is one pool.");
  const members = Array.from({ length: replicas }, (_, index) =>
    renderMember(toMember(`flotilla-prod-app-api-${index + 1}-0a1b2c3`), upstream),
  );
  const text = [renderNginx(balancer), ...Object.values(watchFiles(balancer)), ...members].join("\n");
  return {
    plain: Buffer.byteLength(text),
    packed: gzipSync(text).length,
    intervalSeconds: upstream.health?.intervalSeconds ?? Infinity,
  };
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      replicas: { type: "string", default: "1000" },
      nodes: { type: "string", default: "100" },
      rounds: { type: "string", default: "1" },
    },
  });
  const replicas = readCount("--replicas", values.replicas);
  const nodes = readCount("--nodes", values.nodes);
  const { plain, packed, intervalSeconds } = weighSettings(replicas);
  const say = (what: string, value: number, unit: string, digits = 0) => {
    console.log(`${what.padEnd(52)}${value.toFixed(digits).padStart(10)} ${unit}`);
  };
  console.log(`${replicas} replicas in one pool, a balancer on each of ${nodes} nodes`);
  say(
    "preview, nothing deployed",
    await timePreviews(replicas, readCount("--rounds", values.rounds)),
    "s",
    1,
  );
  say("settings of a balancer, with all replicas", plain / 1024, "KiB");
  say("of what a swarm keeps as one configuration", (plain / 1024 / configurationKiB) * 100, "%");
  say("packed, as they travel", packed / 1024, "KiB");
  say("the same to all balancers, at each push", (packed * nodes) / 1024 ** 2, "MiB", 1);
  say("health questions, of each balancer", replicas / intervalSeconds, "a second");
  say("health questions, to each replica", nodes / intervalSeconds, "a second", 1);
  say("health questions, in all", (replicas * nodes) / intervalSeconds, "a second");
  say("proving questions, in all, when all replicas are new", replicas * nodes, "");
}

void main();
