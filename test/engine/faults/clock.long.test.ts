import { test } from "vitest";
import { skipUntried } from "../support/record";

test("the host's clock is moved", (context) => {
  const operations = ["forward", "back"].map((way) => `the host's clock is moved ${way} by an hour`);
  skipUntried(
    context,
    operations,
    "containers have the clock of their host, and so has everything else on it",
  );
});
