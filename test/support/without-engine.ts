import { vi } from "vitest";

// No unit test reaches an engine: whoever connects to one gets the fake.
vi.mock("../../engine/client", async (importOriginal) => ({
  ...(await importOriginal<object>()),
  connect: (await import("./fake-docker.js")).connect,
}));
