import { expect, test } from "vitest";
import { checkPools } from "../../../cli/commands/deploy";
import { Misuse } from "../../../cli/failure";
import { describeTold, parsePools, parseTold } from "../../../cli/operator/told";

const objectValue = {
  api: { image: "shop/api:1", port: 3000 },
  web: { build: { context: "./web" }, port: 3000 },
  price: { image: "shop/price:1", port: 3000, reachableFrom: ["api"] },
};

test("what a stack was told is found among its outputs, and how it is given up", () => {
  const told = parseTold({
    replicas: { api: { initial: 1, current: 3 }, web: { initial: 2, current: 2 } },
    images: { api: { initial: "shop/api:1", current: "shop/api:2" } },
    maintenance: [{ pool: "web", message: "Soon.", allow: ["10.0.0.0/8"] }, {}],
  });
  expect(told.replicas).toEqual({ api: 3 });
  expect(describeTold(told, "prod")).toEqual([
    "api runs shop/api:2 instead of shop/api:1, until its settings name another image, or: npm run deploy -- --image api= --stack prod",
    "web is under maintenance (Soon.), but for 10.0.0.0/8. End it: npm run maintenance -- off web --stack prod",
    "everything is under maintenance. End it: npm run maintenance -- off --stack prod",
  ]);
});

test("a program of one's own may give something else by these names", () => {
  const own = { replicas: 3, images: ["x"], maintenance: "off" };
  expect(parseTold(own)).toEqual({ replicas: {}, images: {}, maintenance: [] });
});

test("the pools of the settings are those that can be told anything", () => {
  const expected = [
    { name: "api", context: undefined, isPublic: true },
    { name: "web", context: "./web", isPublic: true },
    { name: "price", context: undefined, isPublic: false },
  ];
  expect(parsePools({ objectValue })).toEqual(expected);
  expect(parsePools({ value: JSON.stringify(objectValue) })).toEqual(expected);
  expect(parsePools(undefined)).toEqual([]);
});

test.each([
  ["apo=shop/api:2", "There is no pool apo. Did you mean api?"],
  ["web=shop/web:2", "web must be a pool with an image, but its image is built from ./web."],
])("to deploy %s is refused", (image, message) => {
  const deploy = (): void => {
    checkPools(parsePools({ objectValue }), [image]);
  };
  expect(deploy).toThrow(Misuse);
  expect(deploy).toThrow(message);
});

test("a built pool may be told to run its own build again", () => {
  const deploy = (): void => {
    checkPools(parsePools({ objectValue }), ["web=", "api=shop/api:2"]);
  };
  expect(deploy).not.toThrow();
});
