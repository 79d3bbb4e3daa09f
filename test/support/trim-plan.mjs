// Cuts what `pulumi preview --json` printed down to what a description of it goes by: node trim-plan.mjs <printed.json >plan.json
import { readFileSync } from "node:fs";

const kept = [
  ...["command", "destroyGraceSeconds", "envs", "healthcheck", "image", "labels", "memory", "name", "ports"],
  ...["networksAdvanced", "restart", "stopTimeout", "user"],
];

function trimState(state) {
  if (state === undefined) return undefined;
  const { type, inputs = {}, dependencies = [], retainOnDelete } = state;
  const { triggers } = inputs;
  const some = Object.entries(inputs)
    .filter(([name]) => kept.includes(name))
    .map(([name, value]) => [name, name === "healthcheck" ? { startPeriod: value.startPeriod } : value]);
  return {
    type,
    ...(retainOnDelete ? { retainOnDelete } : {}),
    inputs: {
      ...Object.fromEntries(type.startsWith("docker:") ? some : []),
      ...(Array.isArray(triggers)
        ? { triggers: triggers.slice(0, 1).filter((each) => typeof each === "string") }
        : {}),
    },
    dependencies: dependencies.filter((urn) => /-members?$/.test(urn)),
  };
}

const { steps, diagnostics = [] } = JSON.parse(readFileSync(0, "utf8"));
const trimmed = steps
  .filter(({ op, oldState }) => op !== "read" && (op !== "same" || oldState?.type.endsWith(":Container")))
  .map(({ op, urn, diffReasons, oldState, newState }) => ({
    op,
    urn,
    ...(diffReasons === undefined || diffReasons === null ? {} : { diffReasons }),
    oldState: trimState(oldState),
    newState: trimState(newState),
  }));
process.stdout.write(`${JSON.stringify({ steps: trimmed, diagnostics }, undefined, 0)}\n`);
