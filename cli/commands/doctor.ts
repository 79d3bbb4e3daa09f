import { doctor as bare, run } from "../bare/doctor.cjs";
import { defineCommand, flag } from "../command";

/** Says what this machine has of what Flotilla runs on. */
export const doctor = defineCommand({
  ...{ name: "doctor", summary: bare.summary, examples: bare.examples },
  options: { json: flag(bare.words["--json"] ?? "") },
  run,
});
