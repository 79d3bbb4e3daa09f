import { expect, test } from "vitest";
import { z } from "zod";
import { readArguments } from "../../../components/arguments/parse";
import { byName, closed, input, whole } from "../../../components/arguments/schema-parts";

const pool = closed({ replicas: whole(1, 9).default(1), spare: whole(0, 9).default(0) }, "be a pool", "", [
  {
    needs: ["replicas", "spare"],
    find: ({ replicas, spare }) =>
      spare < replicas ? [] : [{ path: ["spare"], value: spare, rule: `be less than ${replicas}` }],
  },
  {
    needs: ["spare"],
    find: ({ spare }) => (spare === 7 ? [{ path: ["spare"], value: spare, rule: "not be 7" }] : []),
  },
]).transform((fields) => ({ ...fields, used: fields.replicas - fields.spare }));

const service = closed({ pools: byName(pool, "be pools"), name: z.string() }, "be a service", undefined, [
  {
    needs: ["pools.*.replicas"],
    find: ({ pools }) =>
      Object.keys(pools).map((name) => ({
        path: ["pools", name],
        value: name,
        rule: "be another",
        isKey: true,
      })),
  },
]);

test("fills in what is left out", () => {
  expect(readArguments(pool, { replicas: 3 }).value).toEqual({ replicas: 3, spare: 0, used: 3 });
});

const cases: [string, unknown, string[]][] = [
  ["a rule", { replicas: 2, spare: 2 }, ["spare: be less than 2"]],
  ["all rules", { replicas: 2, spare: 7 }, ["spare: be less than 2", "spare: not be 7"]],
  ["a rule about a default", { spare: 1 }, ["spare: be less than 1"]],
  [
    "a rule beside what nothing reads",
    { replicsa: 2, spare: 1 },
    [": have only known keys", "spare: be less than 1"],
  ],
  [
    "no rule about what has another shape",
    { replicas: "2", spare: 2 },
    ["replicas: be a whole number from 1 to 9"],
  ],
];

test.each(cases)("tells of %s", (_, args, told) => {
  expect(tell(readArguments(pool, args).problems)).toEqual(told);
});

test("tells of rules further out although something else further in is wrong", () => {
  const { problems } = readArguments(service, { pools: { a: { spare: 5 } }, name: 3 });
  expect(tell(problems)).toEqual(
    expect.arrayContaining(["pools.a.spare: be less than 1", "pools.a: be another"]) as string[],
  );
  expect(tell(readArguments(service, { pools: { a: { replicas: "x" } }, name: "s" }).problems)).toEqual([
    "pools.a.replicas: be a whole number from 1 to 9",
  ]);
  const named = closed({ pools: byName(pool, "be pools"), at: input("be a text") }, "be", undefined, [
    {
      needs: ["pools."],
      find: ({ pools }) => Object.keys(pools).map((rule) => ({ path: [], value: 1, rule })),
    },
  ]);
  expect(tell(readArguments(named, { pools: { a: null }, at: 1 }).problems)).toEqual(
    expect.arrayContaining(["pools.a: be a pool", "at: be a text", ": a"]) as string[],
  );
});

function tell(problems: { path: (string | number)[]; rule: string }[]): string[] {
  return problems.map(({ path, rule }) => `${path.join(".")}: ${rule}`);
}
