import { randomBytes, scrypt as scryptWithCallback, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { query } from "./database.js";
import { describeReplica } from "./replica.js";
import { beginSession, endSession, findSession } from "./sessions.js";

const scrypt = promisify(scryptWithCallback);

/** Lets through who is signed in. */
export async function requireAccount(request, response, next) {
  const id = readSessionId(request);
  request.account = id === undefined ? undefined : await findSession(id);
  if (request.account === undefined) return response.status(401).json({ error: "sign in first" });
  return next();
}

export function routeAccounts(app) {
  app.post("/api/signup", async (request, response) => {
    const { email, password } = readCredentials(request);
    if (email === undefined)
      return response.status(422).json({ error: "an address of e-mail, and a password of 8 characters" });
    const { rows } = await query(
      "INSERT INTO accounts (email, password) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id::int, email",
      [email, await hash(password, randomBytes(16))],
    );
    if (rows.length === 0) return response.status(409).json({ error: "this address has an account" });
    return signIn(request, response.status(201), rows[0]);
  });

  app.post("/api/login", async (request, response) => {
    const { email, password = "" } = readCredentials(request);
    const { rows } = await query("SELECT id::int, email, password FROM accounts WHERE email = $1", [email]);
    if (!(await matches(password, rows[0]?.password)))
      return response.status(401).json({ error: "wrong address or password" });
    return signIn(request, response, { id: rows[0].id, email: rows[0].email });
  });

  app.post("/api/logout", async (request, response) => {
    const id = readSessionId(request);
    if (id !== undefined) await endSession(id);
    response.clearCookie("session").json({ ...describeReplica() });
  });

  app.get("/api/me", requireAccount, ({ account }, response) => {
    response.json({ email: account.email, ...describeReplica() });
  });
}

async function signIn(request, response, account) {
  const id = await beginSession(account);
  response.cookie("session", id, { httpOnly: true, sameSite: "lax", secure: request.secure });
  response.json({ email: account.email, ...describeReplica() });
}

const readSessionId = ({ headers }) => /(?:^|; )session=([\w-]+)/.exec(headers.cookie ?? "")?.[1];

function readCredentials({ body }) {
  const { email, password } = body ?? {};
  const isGood = typeof email === "string" && /^\S+@\S+$/.test(email) && typeof password === "string";
  return isGood && password.length >= 8 ? { email: email.toLowerCase(), password } : {};
}

async function hash(password, salt) {
  return `${salt.toString("base64")}:${(await scrypt(password, salt, 32)).toString("base64")}`;
}

async function matches(password, stored) {
  // An unknown address takes as long as a wrong password.
  const [salt, expected] = (stored ?? (await hash("", randomBytes(16)))).split(":");
  const given = await scrypt(password, Buffer.from(salt, "base64"), 32);
  return timingSafeEqual(given, Buffer.from(expected, "base64")) && stored !== undefined;
}
