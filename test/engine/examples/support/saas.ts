import { type Answer, send, type Sending } from "./sending";

/** Makes an account; gives the cookie of its session. */
export async function signUp(url: string, email: string, sending: Sending = {}): Promise<string> {
  const body = { email, password: "correct horse" };
  const { status, headers } = await send(`${url}/api/signup`, { ...sending, body });
  const [cookie = ""] = headers["set-cookie"] ?? [];
  if (status !== 201) throw new Error(`The account was answered with ${status}.`);
  return cookie.split(";")[0] ?? "";
}

/** The backend that gave an answer. */
export function instanceOf({ json }: Answer): string {
  return (json?.served_by as { instance: string } | undefined)?.instance ?? "nobody";
}
