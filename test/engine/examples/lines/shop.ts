import type { Lines } from "../support/lines";

/** What is asked of the shop. */
export const lines = {
  instances:
    "INSTANCE_ID, X-Served-By and X-Instance-ID name the replica, and so do log lines; /health is not logged",
  pages: "a page /shop, /products, /stock and /purchase",
  shared: "replicas share Redis, Kafka and a data volume",
  methods:
    "round-robin by default; weights 3:1, ip_hash and least_conn as choices; max_fails=3 fail_timeout=30s",
  stream:
    "/events: HTTP/1.1, empty Connection header, no buffering, no chunking, long timeouts; /static/ is cached for an hour",
  fanOut: "Redis pub/sub fans an event out to the clients of every instance",
  figures: "Prometheus scrapes every instance by itself, and has the host's figures and each container's",
  thirdApp: "a third app is a number, not a copied block",
  update: "one instance after the other is updated while traffic flows, and no purchase is lost",
  purchasesBroker: "no purchase is lost when the broker restarts",
  claimRate: "two instances answer twice as much (claim: 126 → 250 req/s)",
} satisfies Lines;
