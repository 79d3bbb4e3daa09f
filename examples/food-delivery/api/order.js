const { z } = require("zod");

const Order = z.strictObject({
  restaurant: z.string().min(1).max(50),
  address: z.string().min(5).max(200),
  items: z
    .array(z.strictObject({ dish: z.string().min(1).max(50), quantity: z.int().min(1).max(20) }))
    .min(1)
    .max(20),
});

/** Reads what a customer has sent: an order, or what is wrong with it. */
function readOrder(body) {
  const { data, error } = Order.safeParse(body);
  return error === undefined ? { order: data } : { errors: error.issues.map(describe) };
}

function describe({ path, message }) {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

module.exports = { readOrder };
