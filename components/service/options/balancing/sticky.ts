import type { z } from "zod";
import { choice, closed, type Fields, flag, text, whole } from "../../../arguments/schema-parts";
import type { Sticky } from "../../../../nginx/model";
import { SameSite, type StickyArgs } from "../../../types";

/** Keeps a client with its replica by a cookie. */
export const sticky = closed(
  {
    cookie: text("be the name of a cookie", /^[A-Za-z0-9_-]+$/).default("replica"),
    // Until the browser is closed.
    seconds: whole(1, 315_360_000).default(0),
    secure: flag().optional(),
    sameSite: choice(SameSite, "be a value of SameSite").default(SameSite.Lax),
  } satisfies Fields<StickyArgs>,
  "be an object that describes the cookie; {} has defaults for all",
  undefined,
  [
    {
      needs: ["secure", "sameSite"],
      find: ({ secure, sameSite }) => {
        if (sameSite !== SameSite.None || secure !== false) return [];
        const remedy = "Browsers take such a cookie over TLS alone.";
        return [{ path: ["secure"], value: secure, rule: "be true where sameSite is none", remedy }];
      },
    },
  ],
);

/** The cookie as Nginx is told of it; whether clients come over TLS alone decides whether it is sent over nothing else. */
export function resolveSticky(settings: z.output<typeof sticky>, isTlsOnly: boolean): Sticky {
  return { ...settings, secure: settings.secure ?? isTlsOnly };
}
