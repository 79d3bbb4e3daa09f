// Pulumi starts packs of policies with this file; its own compiler would take the settings of the stack's program.
require("../loader/register.cjs");
require("./pack.ts");
