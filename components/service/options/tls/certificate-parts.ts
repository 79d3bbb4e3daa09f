import { text } from "../../../arguments/schema-parts";

/** A host name; or one like `*.example.com`, for all hosts of a domain. */
export const certificateHost = text(
  "be a host name, or one like *.example.com",
  /^(?:\*\.)?[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?$/,
);

/** The rule of a text that {@link isPem} takes. */
export const certificateRule = "hold a certificate in PEM";

/** Whether a text is one that certificates and keys are written as. */
export const isPem = (value: string): boolean => value.includes("-----BEGIN ");
