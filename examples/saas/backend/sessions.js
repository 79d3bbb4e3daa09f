import { randomBytes } from "node:crypto";
import { createClient } from "redis";
import { instance } from "./replica.js";

const seconds = 24 * 60 * 60;
const client = createClient({ url: process.env.REDIS_URL });
client.on("error", ({ message }) => console.error(`[${instance}] sessions: ${message}`));

export const openSessions = () => client.connect();
export const closeSessions = () => client.close();
export const pingSessions = () => client.ping();

/** Begins a session; every replica knows it, and so does the next version. */
export async function beginSession(account) {
  const id = randomBytes(32).toString("base64url");
  await client.set(key(id), JSON.stringify(account), { EX: seconds });
  return id;
}

/** Who is signed in, or undefined. */
export async function findSession(id) {
  const text = await client.getEx(key(id), { type: "EX", value: seconds });
  return text === null ? undefined : JSON.parse(text);
}

export const endSession = (id) => client.del(key(id));

const key = (id) => `session:${id}`;
