import { beforeAll, vi } from "vitest";
import { resetDocker } from "./fake-docker";

// No unit test reaches an engine: whoever connects to one gets the fake.
vi.mock("../../engine/client", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  connect: (await import("./fake-docker.js")).connect,
}));

// Files share a process: what the one before has asked for is none of this one's.
beforeAll(resetDocker);
