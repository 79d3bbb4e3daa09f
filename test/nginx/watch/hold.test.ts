import { describe, expect, test } from "vitest";
import { findProspect, type Met } from "../../../nginx/watch/hold";

const met: Met = {
  method: "POST",
  addresses: "api",
  statuses: "502",
  bytesSent: "0",
  times: "0.000",
  repeatsWrites: false,
};
const sent = { ...met, addresses: "10.0.0.1:3000", bytesSent: "180", times: "0.500" };

describe("a request", () => {
  test("waits where no replica was there to take it", () => {
    expect(findProspect(met, 5)).toEqual({ patience: 5, status: 503, waitedInVain: false });
    const refused = { ...met, addresses: "10.0.0.1:3000, 10.0.0.2:3000", bytesSent: "0, 0" };
    expect(findProspect({ ...refused, statuses: "502, 502" }, 5).patience).toBe(5);
  });

  test("that changes something is not sent again", () => {
    expect(findProspect(sent, 5)).toEqual({ patience: 0, status: 503, waitedInVain: false });
    expect(findProspect({ ...sent, method: "PATCH" }, 5).patience).toBe(0);
    expect(findProspect({ ...sent, repeatsWrites: true }, 5).patience).toBe(5);
    const broken = { ...sent, addresses: "10.0.0.1:3000, 10.0.0.2:3000", bytesSent: "0, 180" };
    expect(findProspect({ ...broken, statuses: "502, 502" }, 5).patience).toBe(0);
  });

  test("that changes nothing waits although it was sent", () => {
    expect(findProspect({ ...sent, method: "GET" }, 5).patience).toBe(5);
  });

  test("that a replica did not answer in time waits no longer", () => {
    expect(findProspect({ ...sent, method: "GET", statuses: "504" }, 5)).toMatchObject({
      patience: 0,
      status: 504,
    });
  });

  test("waits although nobody took a later try in time", () => {
    const reset = { ...sent, method: "GET", addresses: "10.0.0.1:3000, 10.0.0.2:3000", bytesSent: "180, 0" };
    expect(findProspect({ ...reset, statuses: "502, 504" }, 5).patience).toBe(5);
  });

  test("has what it waited before taken off, and does not wait for ever", () => {
    const wait = "127.0.0.1:8101";
    const again = {
      ...met,
      addresses: `api : ${wait} : api`,
      statuses: "502 : 200 : 502",
      bytesSent: "0 : 210 : 0",
      times: "0.000 : 1.500 : 0.000",
    };
    expect(findProspect(again, 5).patience).toBeCloseTo(3.5);
    expect(findProspect(again, 5).waitedInVain).toBe(true);
    const held = { ...met, addresses: `${wait} : api`, statuses: "200 : 502", bytesSent: "210 : 0" };
    expect(findProspect({ ...held, times: "40.000 : 0.000" }, 5).patience).toBe(5);
    const often = Array.from({ length: 3 }, () => wait).join(" : ");
    expect(
      findProspect({ ...again, addresses: often, bytesSent: "210 : 210 : 210", times: "" }, 5).patience,
    ).toBe(0);
  });
});
