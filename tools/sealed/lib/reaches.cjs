// @ts-check
// Tells whether an address answers within a few seconds, whatever it answers; also as `node reaches.cjs https://…`.
const { get } = require("node:https");

/**
 * @param {string} url
 * @returns {Promise<boolean>}
 */
function reaches(url) {
  // Through a proxy only those who know it can tell; what needs the address will say when it cannot be reached.
  if (process.env.HTTPS_PROXY || process.env.https_proxy) return Promise.resolve(true);
  return new Promise((resolve) => {
    const request = get(url, { method: "HEAD" }, (response) => {
      response.resume();
      resolve(true);
    });
    const timer = setTimeout(() => request.destroy(), 4000);
    request.on("error", () => resolve(false));
    request.on("close", () => {
      clearTimeout(timer);
      resolve(false);
    });
  });
}

module.exports = { reaches };

if (require.main === module)
  void reaches(process.argv[2] ?? "").then((answers) => {
    process.exitCode = answers ? 0 : 1;
  });
