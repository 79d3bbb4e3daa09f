import { expect, test } from "vitest";
import { renderOwnAssets } from "../../nginx/own-assets";
import { renderNginx } from "../../nginx/render";
import { toBalancer } from "../support/balancers";

test("a configuration knows the versions of its own replicas", () => {
  expect(renderOwnAssets(["aa", "bb"])).toBe(
    [
      "if (!-f /etc/flotilla/store/aa/$asset_file) {",
      "  set $asset_place lacking;",
      "}",
      "if (!-f /etc/flotilla/store/bb/$asset_file) {",
      "  set $asset_place lacking;",
      "}",
      "",
    ].join("\n"),
  );
});

test("replicas without any have none of another version", () => {
  expect(renderOwnAssets([undefined])).toBe("set $asset_place lacking;\n");
});

test("routes that cannot lead to assets are as they were", () => {
  const pool = { image: "web:1", port: 3000 };
  const assets = { path: "/assets/", folder: "/srv/assets" };
  const routes = [{ path: "/shop/", pool: "web" }, { pool: "web" }];
  const text = renderNginx(toBalancer({ pools: { web: { ...pool, assets } }, routes }));
  expect(text.match(/include assets\/web\.con\[f\];/g)).toHaveLength(1);
});
