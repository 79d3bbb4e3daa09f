// Reads a list of Redis: what it takes is in a list of its own until it is done, and comes back when its lease has ended.
import { hostname } from "node:os";
import { isEnding, redis, work } from "./effects.js";

// Not INSTANCE_ID: during an update the old replica of that name has messages in hand, too.
const me = hostname();
const inHand = `hand:${me}`;
const leaseSeconds = 10;

const renew = () => redis.set(`lease:${me}`, "", { EX: leaseSeconds });
await renew();
await redis.sAdd("workers", me);
const renewing = setInterval(renew, 1000);
const reaping = setInterval(giveBackOthers, 1000);

async function giveBackOthers() {
  for (const worker of await redis.sMembers("workers")) {
    if ((await redis.exists(`lease:${worker}`)) === 1) continue;
    while ((await redis.lMove(`hand:${worker}`, "queue", "LEFT", "RIGHT")) !== null)
      console.log("gives back");
    await redis.sRem("workers", worker);
  }
}

const taking = await redis.duplicate().connect();
while (!isEnding) {
  const id = await taking.blMove("queue", inHand, "RIGHT", "LEFT", 0.5);
  if (id === null) continue;
  await work("redis", id);
  await redis.lRem(inHand, 1, id);
}
clearInterval(renewing);
clearInterval(reaping);
await redis.sRem("workers", me);
console.log("ended");
process.exit(0);
