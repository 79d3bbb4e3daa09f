import { expect } from "vitest";
import { Protocol } from "../../../components/types";
import { readEcho, tally } from "./support/client";
import { call } from "./support/grpc";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { count, inWords } from "../support/counts";

const balancer = useBalancer({
  args: {
    pools: { rpc: workbench({ replicas: 3, port: 50_051 }), web: workbench() },
    routes: [
      { path: "/", pool: "web" },
      { path: "/shop.Orders/", pool: "rpc", protocol: Protocol.Grpc },
    ],
  },
});

async function callMany(calls: number, path: string) {
  tally.sent += calls;
  return Promise.all(Array.from({ length: calls }, () => call(balancer().port, path, "two anchors")));
}

proof(
  "gRPC: calls are answered by all replicas, with their trailers, beside HTTP on the same port",
  async () => {
    const results = await callMany(60, "/shop.Orders/Place");
    for (const { httpStatus, status, text } of results) {
      expect([httpStatus, status]).toEqual([200, "0"]);
      expect(text).toMatch(/^[123] got two anchors$/);
    }
    const spread = count(results, ({ text }) => text.slice(0, 1));
    expect(Object.keys(spread).sort()).toEqual(["1", "2", "3"]);
    const headers = (await balancer().replica("1").seen()).headers["/shop.Orders/Place"];
    expect(headers).toMatchObject({ te: "trailers", "x-order": "7" });
    expect(headers?.["x-forwarded-host"]).toBe(`127.0.0.1:${balancer().port}`);
    expect(headers?.["x-request-id"]).toMatch(/^[0-9a-f]{32}$/);
    expect(readEcho(await balancer().ask("/page")).url).toBe("/page");
    return inWords(spread);
  },
);

proof("gRPC: a failure of the service comes through in the trailers", async () => {
  const [result] = await callMany(1, "/shop.Orders/Fail");
  expect(result).toMatchObject({ httpStatus: 200, status: "5", message: "no such order" });
  return "status 5, no such order";
});
