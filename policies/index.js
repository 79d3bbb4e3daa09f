// Pulumi starts packs of policies with this file; its own compiler would take the settings of the stack's program.
const { existsSync } = require("node:fs");
const { join } = require("node:path");
const { PolicyPack } = require("@pulumi/policy");

const home = join(__dirname, "..");
const loader = join(home, "loader/register.cjs");
const isClone = existsSync(loader);
if (isClone) require(loader);
const { policies } = require(isClone ? "./pack.ts" : "../dist/policies/pack.js");

// A pack takes its version from the package.json of the folder that it runs in, which would be that of the stack.
process.chdir(home);
new PolicyPack("flotilla", { policies });
