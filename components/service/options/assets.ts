import { mayLeadTo } from "../../../nginx/assets";
import type { Route } from "../../../nginx/route-model";
import { closed, type Fields, type Rule, text, whole } from "../../arguments/schema-parts";
import type { AssetsArgs } from "../../types";

/** Files with hashed names of which copies are kept for pages of before an update. */
export const assets = closed(
  {
    path: text(
      "be the start of paths, with a slash at both ends and more between them",
      /^\/[^\s"'`{};\\]*[^\s"'`{};\\/]\/$/,
      "All of a site would be taken for assets: write it like /assets/.",
    ),
    folder: text(
      "be the absolute path of a folder in the image",
      /^\/[^\s/:]+(?:\/[^\s/:]+)*$/,
      "Write it without a slash at the end, like /srv/dist/assets.",
    ),
    keepSeconds: whole(1, 31_536_000).default(86_400),
  } satisfies Fields<AssetsArgs>,
  "be an object with path and folder",
);

/** The rule that clients can ask for the assets of a pool. */
export const assetsRule: Rule<{
  pools: Record<string, { assets?: { path: string } | undefined; reachableFrom?: unknown }>;
  routes?: (Pick<Route, "path" | "match" | "target"> & { pool?: string | undefined })[] | undefined;
}> = {
  needs: ["pools.*.assets", "pools.*.reachableFrom", "routes"],
  find: ({ pools, routes }) =>
    Object.entries(pools).flatMap(([name, { assets: set, reachableFrom }]) => {
      if (set === undefined || reachableFrom !== undefined || routes === undefined) return [];
      const isTheirs = (route: (typeof routes)[number]): boolean =>
        route.pool === name &&
        mayLeadTo(route, set.path) &&
        !(route.target.kind === "upstream" && route.target.protocol === "grpc");
      if (routes.some(isTheirs)) return [];
      const rule = "be below a path whose route leads to the pool";
      const remedy = "Write it as clients ask for it, before any rewrite.";
      return [{ path: ["pools", name, "assets", "path"], value: set.path, rule, remedy }];
    }),
};
