import { createHash } from "node:crypto";
import { z } from "zod";
import type { Cache } from "../../../nginx/route-model";
import { closed, type Fields, flag, phrase, text, whole } from "../../arguments/schema-parts";
import type { CacheArgs } from "../../types";

const variables = /^[^\s;{}"'\\]*\$\w[^\s;{}"'\\]*$/;

/** Answers that the balancer keeps. */
export const cache = closed(
  {
    seconds: whole(1, 31_536_000).default(3600),
    staleSeconds: whole(0, 31_536_000).default(60),
    key: text("hold Nginx variables and no spaces, like $host$request_uri", variables).default(
      "$host$request_uri",
    ),
    bypass: z
      .array(
        text("be a variable of Nginx, like $http_x_no_cache", /^\$\w+$/),
        phrase("be a list of variables of Nginx"),
      )
      .default([]),
    authenticated: flag().default(false),
    lock: flag().default(true),
    browserSeconds: whole(0, 31_536_000).optional(),
    immutable: flag().default(false),
    maxMiB: whole(1, 1_048_576).default(256),
  } satisfies Fields<CacheArgs>,
  "be an object; {} has defaults for all",
  undefined,
  [
    {
      needs: ["browserSeconds", "immutable"],
      find: ({ browserSeconds, immutable }) => {
        if (!immutable || browserSeconds !== undefined) return [];
        const rule = "be set where immutable is true";
        const remedy = "Set the seconds for which browsers keep an answer, like 31536000.";
        return [{ path: ["browserSeconds"], value: undefined, rule, remedy }];
      },
    },
  ],
);

/** The answers kept of a route as Nginx is told of them. */
export function resolveCache(
  settings: z.output<typeof cache>,
  { host = "", match, path }: { host?: string | undefined; match: string; path: string },
): Cache {
  // Named by the route and not by its place: kept answers must not become another route's when the list changes.
  const zone = createHash("sha256").update([host, match, path].join(" ")).digest("hex").slice(0, 8);
  return { zone: `cache_${zone}`, ...settings };
}
