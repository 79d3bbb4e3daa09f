const { createServer } = require("node:http");
const sirv = require("sirv");

const instance = process.env.INSTANCE_ID ?? "frontend";
const files = sirv("dist", { single: true, etag: true });

const server = createServer((request, response) => {
  response.setHeader("X-Instance-ID", instance);
  if (request.url === "/health") return response.end("ok");
  response.on("finish", () =>
    console.log(`[${instance}] ${request.method} ${request.url} ${response.statusCode}`),
  );
  files(request, response);
});
server.keepAliveTimeout = 75_000;
server.listen(5173, "0.0.0.0", () => console.log(`[${instance}] listens`));
process.on("SIGTERM", () => {
  server.close(() => process.exit(0));
  server.closeIdleConnections();
});
