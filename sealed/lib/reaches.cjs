// Exits with 0 when an address answers within a few seconds, whatever it answers: `node reaches.cjs https://…`.
const { get } = require("node:https");

// Through a proxy only those who know it can tell; what needs the address will say when it cannot be reached.
if (process.env.HTTPS_PROXY || process.env.https_proxy) process.exit(0);

const request = get(process.argv[2], { method: "HEAD" }, (response) => {
  response.resume();
  process.exit(0);
});
request.on("error", () => process.exit(1));
setTimeout(() => process.exit(1), 4000);
