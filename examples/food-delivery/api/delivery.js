const longestMs = 5000;

/** Asks the pool "delivery", whose balancer picks one of its replicas. */
async function askDelivery(path, body) {
  const answer = await fetch(`${process.env.DELIVERY_URL}${path}`, {
    ...(body === undefined
      ? {}
      : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(longestMs),
  });
  if (answer.status >= 500) throw new Error(`delivery answers ${answer.status} to ${path}`);
  return { status: answer.status, body: await answer.json() };
}

module.exports = { askDelivery };
