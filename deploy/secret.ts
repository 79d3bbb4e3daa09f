import { randomBytes } from "node:crypto";
import { fromJson, toJson } from "./json";
import { defineScript, printing } from "./process";
import { nextSecret } from "./versioned-secret";

export const { generateSecret, makeSecret } = defineScript<"secret">({
  /** Run again, it prints the secret that it had. */
  generateSecret: printing(({ before }) => before ?? randomBytes(32).toString("base64url")),

  /** The secret of before stays when no new one is asked for. */
  makeSecret: printing(({ environment, before }) => {
    const { FLOTILLA_VERSION: version, FLOTILLA_SECRET: secret = "" } = environment;
    return toJson(nextSecret(before && fromJson(before), Number(version), secret));
  }),
});
