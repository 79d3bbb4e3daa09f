/** Products that the shop sells. */
export const products = [
  { id: "anchor", name: "Anchor", price: 120 },
  { id: "compass", name: "Compass", price: 45 },
  { id: "lantern", name: "Lantern", price: 30 },
];

const stockKey = "stock";

/** The stock that all replicas share. */
export async function createStock(redis, amount) {
  for (const { id } of products) await redis.hSetNX(stockKey, id, String(amount));
  return {
    read: async () =>
      Object.fromEntries(
        Object.entries(await redis.hGetAll(stockKey)).map(([id, left]) => [id, Number(left)]),
      ),
    /** Takes one; gives how many are left, or undefined when there was none. */
    take: async (id) => {
      const left = await redis.hIncrBy(stockKey, id, -1);
      if (left >= 0) return left;
      await redis.hIncrBy(stockKey, id, 1);
      return undefined;
    },
  };
}
