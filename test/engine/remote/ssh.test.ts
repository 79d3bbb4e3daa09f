import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { skipUntried } from "../support/record";
import { listOperations, startingPools, testLifeCycle } from "./life-cycle";
import { renderGuard, useRemoteWorkspace } from "./remote-workspace";
import { findMissing, startSshServer, type SshServer } from "./ssh-server";

const missing = findMissing();
const way = "by docker:host ssh://";

test.runIf(missing !== undefined)("an engine behind SSH is not tried", (context) => {
  skipUntried(context, listOperations(way), missing ?? "");
});

describe.skipIf(missing !== undefined)("an engine behind SSH", () => {
  let server: SshServer | undefined;
  const findServer = () => {
    if (server === undefined) throw new Error("The server is started before the tests.");
    return server;
  };
  beforeAll(async () => {
    server = await startSshServer();
  });
  afterAll(() => server?.stop());
  const remote = useRemoteWorkspace({ name: "ssh", pools: startingPools }, () => ({
    dockerHost: findServer().host,
    programs: { ssh: findServer().client },
    guard: renderGuard(findServer().host),
  }));

  testLifeCycle(way, remote, () => `http://127.0.0.1:${remote().workspace.port}`);

  test("every call of docker came by SSH", () => {
    const logins = findServer().log().split("Accepted publickey").length - 1;
    expect(remote().calls().length).toBeGreaterThan(20);
    expect(logins).toBeGreaterThanOrEqual(remote().calls().length);
  });
});
