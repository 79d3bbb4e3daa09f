// Keeps one text in Redis, sealed with a secret that was generated for it.
const { createCipheriv, createDecipheriv, createHash, randomBytes } = require("node:crypto");
const http = require("node:http");
const net = require("node:net");

const key = createHash("sha256").update(process.env.SEAL_KEY).digest();
const store = new URL(process.env.REDIS_URL);

function seal(text) {
  const nonce = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, nonce);
  const sealed = [cipher.update(text, "utf8"), cipher.final()];
  return Buffer.concat([nonce, cipher.getAuthTag(), ...sealed]).toString("base64");
}

function open(text) {
  const bytes = Buffer.from(text, "base64");
  const decipher = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(12, 28));
  return decipher.update(bytes.subarray(28), undefined, "utf8") + decipher.final("utf8");
}

/** Sends one command, after the user's name; gives the last line of the answers. */
function redis(...words) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(store.port), store.hostname);
    let text = "";
    const commands = [["AUTH", store.username, decodeURIComponent(store.password)], words, ["QUIT"]];
    for (const command of commands) {
      const parts = command.map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`);
      socket.write(`*${command.length}\r\n${parts.join("")}`);
    }
    socket.setEncoding("utf8").on("data", (chunk) => (text += chunk));
    socket.on("error", reject).on("close", () => resolve(text.trim().split("\r\n").at(-2)));
  });
}

async function answer(path) {
  const { pathname, searchParams } = new URL(path, "http://app");
  if (pathname === "/seal") return redis("SET", "sealed", seal(searchParams.get("text")));
  if (pathname === "/sealed") return redis("GET", "sealed");
  if (pathname === "/open") return open(await redis("GET", "sealed"));
  return "ok";
}

const server = http.createServer((request, response) => {
  answer(request.url).then(
    (text) => response.end(text),
    (error) => response.writeHead(500).end(error.message),
  );
});
server.listen(3000);
process.on("SIGTERM", () => process.exit());
