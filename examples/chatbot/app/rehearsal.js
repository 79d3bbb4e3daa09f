// Fails on purpose, so that one can see what the balancer makes of it. In development only.
const { setTimeout: wait } = require("node:timers/promises");

/** `?status=503`, `?fail=hang` or `?fail=drop`, on the replicas of `&on=chat-1,chat-2`, or else on all; without any of these, how often it was asked so. */
module.exports = (instance) => {
  let seen = 0;
  return async ({ query: { status, fail, on } }, response) => {
    if (status !== undefined || fail !== undefined) seen += 1;
    const isMeant = on === undefined || on.split(",").includes(instance);
    if (isMeant && fail === "drop") return response.socket.destroy();
    if (isMeant && fail === "hang") await wait(120_000);
    response.status(isMeant ? Number(status ?? 200) : 200).json({ seen, served_by: { instance } });
  };
};
