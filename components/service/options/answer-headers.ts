import type { AnswerHeaders } from "../../../nginx/model";
import { choice, closed, type Fields, flag, headerText, text } from "../../arguments/schema-parts";
import { type HeadersArgs, ServedBy } from "../../types";

const value = headerText(text("be a text on one line", /^[^\r\n\0]*$/));

/** Headers of every answer. */
export const answerHeaders = closed(
  {
    contentSecurityPolicy: value.default(""),
    frameOptions: value.default("SAMEORIGIN"),
    referrerPolicy: value.default("strict-origin-when-cross-origin"),
    permissionsPolicy: value.default(""),
    noSniff: flag().default(true),
    servedBy: choice(ServedBy, "be whom X-Served-By names").default(ServedBy.Replica),
    instance: flag().default(true),
    upstreamServer: flag().default(false),
    requestId: flag().default(true),
  } satisfies Fields<HeadersArgs>,
  "be an object of headers",
).transform((fields): AnswerHeaders => {
  const security = {
    "X-Content-Type-Options": fields.noSniff ? "nosniff" : "",
    "X-Frame-Options": fields.frameOptions,
    "Referrer-Policy": fields.referrerPolicy,
    "Content-Security-Policy": fields.contentSecurityPolicy,
    "Permissions-Policy": fields.permissionsPolicy,
  };
  const { servedBy, instance, upstreamServer, requestId } = fields;
  return {
    security: Object.fromEntries(Object.entries(security).filter(([, text]) => text !== "")),
    ...{ servedBy, instance, upstreamServer, requestId },
  };
});
