import { expect, test } from "vitest";
import { docker, findReplica } from "../support/engine";
import { useDeployment } from "../support/use-workspace";

const start = "echo from the command >/usr/share/nginx/html/said; exec nginx -g 'daemon off;'";
const workspace = useDeployment({
  name: "command",
  pools: {
    api: {
      image: "nginx:1.30.4",
      port: 80,
      command: ["sh", "-c", start],
      healthCheck: { path: "/", intervalSeconds: 2, timeoutSeconds: 2, startSeconds: 8 },
    },
  },
});

test("a pool whose command is taken away runs its image's own", async () => {
  const { url, label } = workspace();
  const ask = async (): Promise<number> => (await fetch(`${url}/said`)).status;
  expect(await ask()).toBe(200);

  workspace().configure(({ pools }) => {
    delete pools.api?.command;
  });
  await workspace().deploy();

  const id = await findReplica(label, "api-1");
  expect(await docker("inspect", "--format={{json .Config.Cmd}}", id)).not.toContain("from the command");
  expect(await ask()).toBe(404);
  expect((await workspace().deploy()).changes).toMatchObject({ create: 0, update: 0, replace: 0, delete: 0 });
});
