import { describe, expect, test } from "vitest";
import { nextPassword } from "../../deploy/password";

describe("the password", () => {
  test("is made once, and its hash with it", () => {
    const first = nextPassword(undefined, "");
    expect(first.password).toMatch(/^[\w-]{32}$/);
    expect(first.hash).toMatch(/^\$2[aby]\$10\$/);
    expect(nextPassword(first, "")).toEqual(first);
  });

  test("is the user's own where there is one", () => {
    const first = nextPassword(undefined, "");
    const second = nextPassword(first, "correct-horse-battery");
    expect(second.password).toBe("correct-horse-battery");
    expect(second.hash).not.toBe(first.hash);
  });
});
