import { describe, expect, test } from "vitest";
import { readOrder } from "../../examples/food-delivery/api/order.js";
import { goodOrder } from "../engine/examples/support/food-delivery";

const [item] = goodOrder.items;

// prettier-ignore
const wrong: [string, unknown, string[]][] = [
  ["nothing", undefined, ["Invalid input: expected object, received undefined"]],
  ["no restaurant", { ...goodOrder, restaurant: undefined }, ["restaurant: Invalid input: expected string, received undefined"]],
  ["no dishes", { ...goodOrder, items: [] }, ["items: Too small: expected array to have >=1 items"]],
  ["none of a dish", { ...goodOrder, items: [{ ...item, quantity: 0 }] }, ["items.0.quantity: Too small: expected number to be >=1"]],
  ["half a dish", { ...goodOrder, items: [{ ...item, quantity: 0.5 }] }, ["items.0.quantity: Invalid input: expected int, received number"]],
  ["a text as a number", { ...goodOrder, items: [{ ...item, quantity: "2" }] }, ["items.0.quantity: Invalid input: expected number, received string"]],
  ["a price of the customer's own", { ...goodOrder, price: 1 }, ['Unrecognized key: "price"']],
];

describe("an order", () => {
  test("is taken as it is when nothing is wrong with it", () => {
    expect(readOrder(goodOrder)).toEqual({ order: goodOrder });
  });

  test.each(wrong)("with %s is refused, and told why", (_, body, errors) => {
    expect(readOrder(body)).toEqual({ errors });
  });

  test("with several faults is told all of them", () => {
    expect(readOrder({ restaurant: "", address: "", items: [] }).errors).toHaveLength(3);
  });
});
