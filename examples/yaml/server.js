// Tells who answers, which version it runs, and whether it knows where its store is.
const { createServer } = require("node:http");
const { hostname } = require("node:os");

const server = createServer((request, response) => {
  const body = {
    version: process.env.VERSION,
    replica: hostname(),
    store: process.env.REDIS_URL !== undefined,
  };
  response.setHeader("Content-Type", "application/json");
  response.end(request.url === "/health" ? "ok" : JSON.stringify(body));
});
server.keepAliveTimeout = 65_000;
server.listen(3000);
process.on("SIGTERM", () => server.close(() => process.exit()));
