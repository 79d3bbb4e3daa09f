import { randomBytes } from "node:crypto";
import { hashSync } from "bcryptjs";
import { fromJson, toJson } from "./json";
import { defineScript, printing } from "./process";
import type { Password } from "./tasks";

export const { makePassword } = defineScript<"password">({
  /** The password of before stays when none is given. */
  makePassword: printing(({ environment: { FLOTILLA_PASSWORD: password = "" }, before }) =>
    toJson(nextPassword(before && fromJson(before), password)),
  ),
});

/** The password after that of before; `given` is the user's own, or empty. */
export function nextPassword(before: Password | undefined, given: string): Password {
  const password = given || before?.password || randomBytes(24).toString("base64url");
  return before?.password === password ? before : { password, hash: hashSync(password, 10) };
}
