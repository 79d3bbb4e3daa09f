import { readdirSync } from "node:fs";
import { join } from "node:path";
import { projectFolder, withTools } from "../bare/machine.cjs";
import { defineCommand, required, rest } from "../command";
import { runScript } from "../processes";

const folder = "test/bench";

/** Runs a benchmark on a real engine. */
export const bench = defineCommand({
  name: "bench",
  summary: "measures what something costs, on a real engine",
  arguments: {
    benchmark: required("what is measured", listBenchmarks),
    words: rest("what the benchmark is told, such as --rounds 5"),
  },
  passesOn: { to: "the benchmark", options: ["--rounds 5"], behindArgument: true },
  examples: [["npm run bench -- balancer", "the balancer's processor time, beside one by hand"]],
  run: ({ benchmark, words }) => runScript(join(folder, `${benchmark}.ts`), words, withTools(process.env)),
});

function listBenchmarks(): string[] {
  return readdirSync(join(projectFolder, folder)).flatMap((name) =>
    name.endsWith(".ts") ? [name.slice(0, -".ts".length)] : [],
  );
}
