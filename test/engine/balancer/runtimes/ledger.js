// The same ledger in Node; SHAPE is how its connections end.
const http = require("node:http");
const { SHAPE = "default" } = process.env;
const entries = [];

/** Some milliseconds of an ordinary application's work: what comes meanwhile waits. */
function work() {
  const end = performance.now() + 4;
  while (performance.now() < end);
}

const server = http.createServer((req, res) => {
  let body = "";
  req.on("data", (chunk) => (body += chunk));
  req.on("end", () => {
    if (req.method === "POST") entries.push(body);
    work();
    if (SHAPE === "closes") res.setHeader("Connection", "close");
    res.setHeader("Content-Type", "application/json");
    const told = { entries: entries.length, names: new Set(entries).size };
    res.end(JSON.stringify(req.url.endsWith("/ledger") ? told : { body }));
  });
});
// Node 20 closes an idle connection after the five seconds that it announces, and newer ones one second later.
if (SHAPE === "node-20") server.keepAliveTimeoutBuffer = 0;
if (SHAPE === "announces") server.keepAliveTimeout = 2000;
server.listen(3000);
