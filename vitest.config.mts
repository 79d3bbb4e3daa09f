import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that `npm test` waits for longest, in this order: one that begins last leaves a processor idle in the end. A name that
 * is wrong or missing costs time alone.
 */
const longest = [
  "core/two-replicas",
  "core/three-replicas",
  "core/lifecycle",
  "datastore/keeps-data",
  "datastore/backups",
  "balancer/tls",
  "balancer/static",
  "balancer/idle-connections",
  "balancer/spellings",
  "balancer/methods",
].map((name) => `test/engine/${name}.test.ts`);

/** Begins with what takes longest, and leaves the rest in vitest's own order. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification): number => {
      const index = longest.findIndex((file) => moduleId.endsWith(file));
      return index < 0 ? longest.length : index;
    };
    return (await super.sort(files)).sort((left, right) => place(left) - place(right));
  }
}

export default defineConfig({
  test: {
    expect: { requireAssertions: true },
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          setupFiles: ["test/support/without-engine.ts"],
          include: ["test/**/*.test.ts"],
          exclude: ["test/engine/**"],
          testTimeout: 30_000,
          // Most of the time of a process of its own would be what Pulumi takes to be loaded.
          isolate: false,
          // Of two processors, too: by default one is left to whoever watches.
          maxWorkers: "100%",
        },
      },
      {
        extends: true,
        test: {
          name: "engine",
          include: ["test/engine/**/*.test.ts"],
          globalSetup: ["test/engine/support/expected-rows.ts"],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          maxWorkers: 2,
        },
      },
    ],
  },
});
