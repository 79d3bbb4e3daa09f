const { Router } = require("express");
const { ObjectId } = require("mongodb");
const { askDelivery } = require("./delivery");
const { readOrder } = require("./order");

/** Takes orders, and shows customers their own. */
function ordersRouter(orders) {
  const router = Router();

  router.post("/", async (request, response) => {
    const { order: wanted, errors } = readOrder(request.body);
    if (errors !== undefined) return response.status(422).json({ success: false, errors });
    const { status, body } = await askDelivery("/assignments", wanted);
    if (status !== 200) return response.status(status).json({ success: false, errors: [body.error] });
    const { eta, partner } = body;
    const order = { ...wanted, customer: request.customer, eta, partner, placedAt: new Date() };
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

module.exports = { ordersRouter };
