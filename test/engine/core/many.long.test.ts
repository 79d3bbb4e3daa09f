import { expect, test } from "vitest";
import { findRunning } from "../support/engine";
import { row } from "../support/rows";
import { setEnv } from "../support/settings";
import { useWorkspace } from "../support/use-workspace";

const replicas = 60;

/** An application that takes little: so many of another one would be a load of their own. */
const answer = `{\\"served_by\\":\\"$HOSTNAME\\",\\"version\\":\\"$VERSION\\"}`;
const settings = [
  "worker_processes 1; pid /tmp/nginx.pid; error_log /dev/stderr; events { worker_connections 256; }",
  `http { access_log off; server { listen 3000; location / { return 200 '${answer}'; } } }`,
].join(" ");

const workspace = useWorkspace({
  name: "many",
  pools: {
    api: {
      image: "nginx:1.30.4",
      port: 3000,
      user: "101:101",
      command: [
        "sh",
        "-c",
        `echo "${settings}" >/tmp/own.conf; exec nginx -c /tmp/own.conf -g 'daemon off;'`,
      ],
      env: { VERSION: "1" },
      replicas: { initial: replicas, min: 1, max: 100 },
      healthCheck: { path: "/", intervalSeconds: 30, timeoutSeconds: 10, startSeconds: 120 },
      balancing: { activeHealth: { intervalSeconds: 30 } },
    },
  },
});

test(`a pool of ${replicas} is deployed, and an update of all of them at once loses no request`, async () => {
  const { url, label } = workspace();
  await workspace().deploy();
  const before = await findRunning(label, "flotilla.pool=api");
  expect(before).toHaveLength(replicas);
  const { report } = await row({ operation: `update of ${replicas} replicas at once`, target: url }, () => {
    workspace().configure((settings) => {
      setEnv(settings, "api", { VERSION: "2" });
    });
    return workspace().deploy();
  });
  const after = await findRunning(label, "flotilla.pool=api");
  expect(after).toHaveLength(replicas);
  expect(after.filter((name) => before.includes(name))).toEqual([]);
  expect(Object.keys(report.versions).sort()).toEqual(["1", "2"]);
});

test("it shrinks to 2 without losing a request", async () => {
  await row({ operation: `scale down ${replicas} → 2`, target: workspace().url }, () =>
    workspace().deploy({ FLOTILLA_REPLICAS: "api=2" }),
  );
  expect(await findRunning(workspace().label, "flotilla.pool=api")).toHaveLength(2);
});
