const { Router } = require("express");
const { z } = require("zod");
const { ObjectId } = require("mongodb");
const { askDelivery } = require("./delivery");

const Order = z.strictObject({
  restaurant: z.string().min(1).max(50),
  address: z.string().min(5).max(200),
  items: z
    .array(z.strictObject({ dish: z.string().min(1).max(50), quantity: z.int().min(1).max(20) }))
    .min(1)
    .max(20),
});

/** Takes orders, and shows customers their own. */
function ordersRouter(orders) {
  const router = Router();

  router.post("/", async (request, response) => {
    const { data, error } = Order.safeParse(request.body);
    if (error !== undefined)
      return response.status(422).json({ success: false, errors: error.issues.map(describe) });
    const { status, body } = await askDelivery("/assignments", data);
    if (status !== 200) return response.status(status).json({ success: false, errors: [body.error] });
    const { eta, partner } = body;
    const order = { ...data, customer: request.customer, eta, partner, placedAt: new Date() };
    const { insertedId } = await orders.insertOne(order);
    response.status(201).json({ success: true, orderId: insertedId.toHexString(), eta });
  });

  router.get("/:id", async (request, response) => {
    const { id } = request.params;
    const found = ObjectId.isValid(id)
      ? await orders.findOne({ _id: ObjectId.createFromHexString(id), customer: request.customer })
      : null;
    if (found === null) return response.status(404).json({ success: false, error: "no such order" });
    const { _id, ...order } = found;
    response.json({ success: true, order: { orderId: _id.toHexString(), ...order } });
  });

  return router;
}

function describe({ path, message }) {
  return path.length === 0 ? message : `${path.join(".")}: ${message}`;
}

module.exports = { ordersRouter };
