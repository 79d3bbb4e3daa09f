import { z } from "zod";
import { check, closed, type Fields, phrase, whole } from "../../arguments/schema-parts";
import type { RateArgs } from "../../types";

const perSecondRule = "be a number of requests per second, from 0.02 to 1000000";

/** How many requests one client address may send. */
export const rate = closed(
  {
    perSecond: check(
      z.number(phrase(perSecondRule)),
      (value) => value <= 1_000_000 && Math.round(value * 60) >= 1,
      phrase(perSecondRule),
    ),
    burst: whole(0, 1_000_000).optional(),
  } satisfies Fields<RateArgs>,
  "be an object with perSecond, and burst if you like",
).transform(({ perSecond, burst }) => ({ perSecond, burst: burst ?? Math.ceil(perSecond * 2) }));

/** Most connections of one client address. */
export const connections = whole(1, 1_000_000);
