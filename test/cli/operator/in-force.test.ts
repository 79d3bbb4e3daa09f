import { expect, test } from "vitest";
import { maskSecrets, readSettings, renderSettings } from "../../../cli/operator/in-force";
import { connect } from "../../support/fake-docker";
import { makePart } from "../../support/parts";

test.each([
  ['    proxy_set_header Authorization "Basic abc";', '    proxy_set_header Authorization "[secret]";'],
  ["proxy_set_header X-Api-Key abc;", 'proxy_set_header X-Api-Key "[secret]";'],
  ['add_header Set-Cookie "id=1" always;', 'add_header Set-Cookie "[secret]";'],
  [
    "proxy_set_header Authorization $http_authorization;",
    "proxy_set_header Authorization $http_authorization;",
  ],
  ["proxy_set_header Host $host;", "proxy_set_header Host $host;"],
  ["server app-api-1:3000;", "server app-api-1:3000;"],
])("%s is shown as %s", (line, shown) => {
  expect(maskSecrets(line)).toBe(shown);
});

test("settings of a stack are shown, its secrets are not", () => {
  const printed = {
    "shop:key": { secret: true },
    "shop:port": { value: "80", secret: false },
    "shop:pools": { value: '{"api":{}}', objectValue: { api: {} }, secret: false },
  };
  expect(renderSettings(JSON.stringify(printed))).toEqual([
    "shop:key: [secret]",
    "shop:port: 80",
    'shop:pools: {\n  "api": {}\n}',
  ]);
});

test("a balancer that is stopped has none in force", async () => {
  await expect(
    readSettings(connect(), makePart({ title: "balancer", role: "balancer", state: "exited" })),
  ).rejects.toThrow("The balancer is exited, so it has no settings in force.");
});
