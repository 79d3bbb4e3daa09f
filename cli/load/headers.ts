import { Misuse } from "../failure";

const form = /^([\w!#$%&'*+.^`|~-]+): *([^\r\n]*)$/;

/** Refuses what is no header. */
export function checkHeader(text: string, place: string): void {
  // The text behind the colon may be a secret.
  if (!form.test(text))
    throw new Misuse(
      `${place} must be a name and a value, got ${JSON.stringify(text.replace(/:.*/s, ": …"))}. Write it like "Accept: text/html".`,
    );
}

/** The headers of every request; a body is JSON unless they say otherwise. */
export function readHeaders({
  header,
  body,
}: {
  header: string[];
  body?: string | undefined;
}): Record<string, string> {
  const told = header.flatMap((text) => {
    const [, name, value] = form.exec(text) ?? [];
    return name === undefined || value === undefined ? [] : [[name, value] as const];
  });
  const hasType = told.some(([name]) => name.toLowerCase() === "content-type");
  return Object.fromEntries([
    ...(body === undefined || hasType ? [] : [["Content-Type", "application/json"] as const]),
    ...told,
  ]);
}
