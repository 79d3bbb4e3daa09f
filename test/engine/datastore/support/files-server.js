"use strict";

// Keeps files in a folder: each POST makes one, under another name first, and each GET tells of those that are there.
const crypto = require("node:crypto");
const fs = require("node:fs/promises");
const http = require("node:http");
const os = require("node:os");

const folder = process.env.FOLDER;
const author = `version ${process.env.VERSION} on ${os.hostname()}`;

async function answer(method, name) {
  if (method === "POST") {
    const written = crypto.randomUUID();
    await fs.writeFile(`${folder}/.${written}`, author);
    await fs.rename(`${folder}/.${written}`, `${folder}/${written}`);
    return written;
  }
  if (name === "health") return "ok";
  return name === "" ? (await fs.readdir(folder)).join("\n") : fs.readFile(`${folder}/${name}`, "utf8");
}

http
  .createServer({ keepAliveTimeout: 75_000 }, (request, response) => {
    answer(request.method, request.url.slice(1)).then(
      (text) => response.end(text),
      ({ code }) => response.writeHead(code === "ENOENT" ? 404 : 500).end(code),
    );
  })
  .listen(3000);
process.on("SIGTERM", () => process.exit(0));
