const { readFileSync } = require("node:fs");
const jwt = require("jsonwebtoken");

const current = readFileSync(process.env.JWT_SECRET_FILE, "utf8");
const previous = readFileSync(process.env.JWT_PREVIOUS_SECRET_FILE, "utf8");
const algorithm = "HS256";
const overlapSeconds = 60;

/** While replicas from before an update may still answer, tokens are signed so that they can read them too. */
function signToken(customer) {
  const secret = process.uptime() < overlapSeconds ? previous : current;
  return jwt.sign({ sub: customer }, secret, { algorithm, expiresIn: "1h" });
}

/** Lets in who has a token of the secret in use, or of the one before. */
function checkToken(request, response, next) {
  const [, token = ""] = /^Bearer (.+)$/.exec(request.get("Authorization") ?? "") ?? [];
  for (const secret of [current, previous]) {
    try {
      request.customer = jwt.verify(token, secret, { algorithms: [algorithm] }).sub;
      return next();
    } catch {
      // The other secret may fit.
    }
  }
  response.status(401).json({ success: false, error: "a valid token is needed" });
}

module.exports = { checkToken, signToken };
