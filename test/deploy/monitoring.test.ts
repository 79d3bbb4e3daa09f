import { expect, test } from "vitest";
import { renderContainers } from "../../deploy/monitoring";

test("each container is said to be what its labels say", () => {
  const id = "a".repeat(64);
  const text = renderContainers({
    [id]: { "flotilla.role": "replica", "flotilla.pool": "api", "flotilla.stack": "shop/prod", other: "x" },
  });
  expect(text.split("\n").slice(2)).toEqual([
    `flotilla_container_info{container_id="${id}",role="replica",pool="api"} 1`,
    "",
  ]);
});
