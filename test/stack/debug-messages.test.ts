import { createRequire } from "node:module";
import * as pulumi from "@pulumi/pulumi";
import { expect, test, vi } from "vitest";
import { silenceDebugMessages } from "../../stack/debug-messages";

test("Pulumi's library tells nobody what resources are made of", async () => {
  // The one that the library itself calls, which prints where no engine listens and an environment variable asks for it.
  const own = createRequire(__filename)("@pulumi/pulumi/log") as typeof pulumi.log;
  const before = own.debug;
  const print = vi.spyOn(console, "log").mockReturnValue();
  silenceDebugMessages();
  expect(own.debug).not.toBe(before);
  await own.debug("RegisterResource RPC finished: a secret");
  expect(print).not.toHaveBeenCalled();
});
