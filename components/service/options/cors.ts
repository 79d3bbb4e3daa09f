import { z } from "zod";
import { closed, type Fields, flag, listOf, phrase, text, whole } from "../../arguments/schema-parts";
import type { CorsArgs } from "../../types";

const token = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const headerNames = z.array(text("be the name of a header", token), phrase("be a list of headers"));

/** Which other sites' pages may ask. */
export const cors = closed(
  {
    origins: listOf(
      text(
        "be * or an origin without path",
        /^(?:\*|[a-z][a-z0-9+.-]*:\/\/(?:\*\.)?[A-Za-z0-9.-]+(?::\d{1,5})?)$/,
        "Write it like https://www.example.com or https://*.example.com.",
      ),
      "be a list of origins",
    ),
    methods: listOf(text("be a method like GET", /^[A-Z]+$/), "be a list of methods").default([
      "GET",
      "HEAD",
      "POST",
      "PUT",
      "PATCH",
      "DELETE",
    ]),
    headers: headerNames.default(["Content-Type", "Authorization", "X-Request-ID"]),
    exposed: headerNames.default(["X-Request-ID"]),
    credentials: flag().default(false),
    maxAgeSeconds: whole(0, 86_400).default(3600),
  } satisfies Fields<CorsArgs>,
  "be an object with origins",
  undefined,
  [
    {
      needs: ["origins", "credentials"],
      find: ({ origins, credentials }) => {
        if (!credentials || !origins.includes("*")) return [];
        const rule = "name origins where credentials is true";
        const remedy = "Browsers refuse cookies for every site: name the origins.";
        return [{ path: ["origins"], value: "*", rule, remedy }];
      },
    },
  ],
);
