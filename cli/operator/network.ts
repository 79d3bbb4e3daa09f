import type { Part } from "../../engine/parts";
import { listFronts } from "./parts";
import { findReached, poolOf } from "./start-order";

/** Somebody on the way of a request. */
export interface Reach {
  /** Who reaches: `outside`, a balancer, or a pool. */
  from: string;
  /** Whom it reaches, and by which name or address. */
  to: { title: string; by: string }[];
}

/** A container on a network. */
export interface Member {
  title: string;
  address: string;
  aliases: string[];
}

/** The ways of a stack. */
export interface Ways {
  reaches: Reach[];
  networks: { name: string; members: Member[] }[];
}

/** Finds out who is on which network, and who reaches whom. */
export function findWays(parts: Part[]): Ways {
  const names = [...new Set(parts.flatMap(({ networks }) => Object.keys(networks)))].sort();
  return {
    reaches: [...listPublished(parts), ...listBalanced(parts), ...listReached(parts)],
    networks: names.map((name) => ({
      name,
      members: parts.flatMap(({ title, networks }) => {
        const own = networks[name];
        return own === undefined ? [] : [{ title, ...own }];
      }),
    })),
  };
}

function listPublished(parts: Part[]): Reach[] {
  const to = parts.flatMap(({ title, published }) =>
    published.map(({ address, port, inside }) => ({ title, by: `${address}:${port} (${inside})` })),
  );
  return to.length === 0 ? [] : [{ from: "outside", to }];
}

function listBalanced(parts: Part[]): Reach[] {
  return listFronts(parts).map((balancer) => {
    const own = parts.filter(
      ({ role, service, pool, networks }) =>
        role === "replica" &&
        service === balancer.service &&
        (poolOf(balancer) === "" || poolOf(balancer) === pool) &&
        Object.keys(networks).some((name) => name in balancer.networks),
    );
    return { from: balancer.title, to: own.map(({ title, name }) => ({ title, by: name })) };
  });
}

function listReached(parts: Part[]): Reach[] {
  const reached = findReached(parts);
  const pools = [
    ...new Set(parts.filter(({ pool }) => pool !== "").map(({ service, pool }) => `${service}/${pool}`)),
  ];
  return pools.flatMap((key) => {
    const [replica] = parts.filter(({ service, pool }) => `${service}/${pool}` === key);
    if (replica === undefined) return [];
    const on = Object.keys(replica.networks);
    const pool = (reached.get(key) ?? []).map((other) => {
      const name = other.replace(/.*\//, "");
      return { title: name, by: name };
    });
    const stores = parts
      .filter(({ store, role }) => store !== "" && ["store", "store-companion"].includes(role))
      .flatMap(({ title, store, networks }) => {
        const aliases = on.flatMap((name) => networks[name]?.aliases ?? []);
        return aliases.includes(store) ? [{ title, by: store }] : [];
      });
    const to = [...pool, ...stores];
    return to.length === 0 ? [] : [{ from: replica.pool, to }];
  });
}

/** The ways for people. */
export function renderWays({ reaches, networks }: Ways): string[] {
  return [
    "WHO REACHES WHOM",
    ...reaches.flatMap(({ from, to }) =>
      to.length === 0
        ? [`${from} -> nobody`]
        : to.map(
            ({ title, by }, index) =>
              `${index === 0 ? `${from} -> ` : " ".repeat(from.length + 4)}${title}${title === by ? "" : ` by ${by}`}`,
          ),
    ),
    ...networks.flatMap(({ name, members }) => [
      "",
      `NETWORK ${name}`,
      ...members.map(
        ({ title, address, aliases }) =>
          `  ${title}  ${address || "not running"}${aliases.length === 0 ? "" : `  as ${aliases.join(", ")}`}`,
      ),
    ]),
  ];
}
