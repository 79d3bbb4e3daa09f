import { type DatastoreArgs, DatastoreEngine } from "../datastore-types";
import { type Reading, readArguments } from "../arguments/parse";
import type { Problem } from "../arguments/problems";
import { closed, type Fields, type Rule, shortName, shortNameRule } from "../arguments/schema-parts";
import { resolveBackup } from "./backups/schema";
import { engineFields, engines, type GivenSettings, type SettingsOf } from "./engines";
import { type StoreFields, storeFields, type StoreModel } from "./fields";

/** A datastore of one of these engines, with everything filled in. */
export type StoreModelOf<Engine extends DatastoreEngine = DatastoreEngine> = {
  [Each in Engine]: StoreModel & { engine: Each; settings: SettingsOf<Each> };
}[Engine];

const knownEngines = Object.values(DatastoreEngine);

const otherSettings: Rule<StoreFields & GivenSettings> = {
  needs: ["engine"],
  find: (given) =>
    knownEngines
      .filter((engine) => engine !== given.engine && given[engine] !== undefined)
      .map((engine) => ({
        path: [engine],
        value: given[engine],
        rule: `be left out where engine is ${given.engine}`,
        remedy: "Remove it, or change the engine.",
      })),
};

const exporterWithoutMetrics: Rule<StoreFields> = {
  needs: ["metrics", "exporter"],
  find: ({ metrics, exporter }) =>
    exporter === undefined || metrics
      ? []
      : [
          {
            path: ["exporter"],
            value: exporter,
            rule: "be left out where metrics is not true",
            remedy: "Set metrics to true, or remove it.",
          },
        ],
};

const engineRules = knownEngines.flatMap((engine) =>
  engines[engine].rules.map(({ needs, find }): Rule<StoreFields> => ({
    needs: ["engine", ...needs],
    find: (given) => (given.engine === engine ? find(given) : []),
  })),
);

export const datastoreSchema = closed(
  { ...storeFields, ...engineFields } satisfies Fields<DatastoreArgs>,
  "be an object that describes the datastore",
  undefined,
  [otherSettings, exporterWithoutMetrics, ...engineRules],
).transform((given): StoreModelOf => resolveStore(given.engine, given, given[given.engine]));

function resolveStore<Engine extends DatastoreEngine>(
  engine: Engine,
  given: StoreFields,
  settings: GivenSettings[Engine],
): StoreModelOf<Engine> {
  const { image, startSeconds, defaults } = engines[engine];
  return {
    ...given,
    engine,
    image: given.image ?? image,
    startSeconds: given.startSeconds ?? startSeconds,
    exporter: given.exporter ?? {},
    backup: given.backup && resolveBackup(given.backup, given.limits),
    settings: settings ?? defaults,
  };
}

/** Reads the name and the arguments of a datastore. */
export function readDatastore(name: string, args: unknown): Reading<typeof datastoreSchema> {
  const reading = readArguments(datastoreSchema, args);
  const problems = [...findNameProblems(name), ...reading.problems];
  return problems.length > 0 ? { problems } : reading;
}

function findNameProblems(name: string): Problem[] {
  if (shortName.test(name)) return [];
  return [
    { path: ["name"], value: name, rule: `be ${shortNameRule}`, remedy: "The name becomes a host name." },
  ];
}
