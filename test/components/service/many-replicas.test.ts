import { expect, test } from "vitest";
import { Strategy } from "../../../components/types";
import { renderMember } from "../../../nginx/members";
import { renderNginx } from "../../../nginx/render";
import { watchFiles } from "../../../nginx/watch-files";
import { toBalancer, toMember } from "../../support/balancers";
import { environmentOf, minimalPool, ofType, recordService, reveal } from "../../support/service";

const few = 2;
const many = 42;

/** Lengths of all variables and arguments of the commands of a pool, by their names. */
async function measureCommands(replicas: number, strategy: Strategy): Promise<Map<string, number>> {
  const recording = await recordService({ pools: { api: { ...minimalPool, replicas, strategy } } });
  return new Map(
    ofType(recording, "Command").flatMap((command) => {
      const { create, update } = command.inputs;
      const texts: Record<string, unknown> = {
        ...environmentOf(command),
        create: reveal(create),
        update: reveal(update),
      };
      return Object.entries(texts).flatMap(([name, text]): [string, number][] =>
        typeof text === "string" ? [[`${command.name} ${name}`, text.length]] : [],
      );
    }),
  );
}

// Linux takes none that is longer than 128 KiB: a command that has one does not begin. Standard input has no such limit.
test.each([Strategy.BlueGreen, Strategy.Rolling])(
  "no variable and no argument of a command grows with the number of replicas: %s",
  async (strategy) => {
    const lengths = await measureCommands(few, strategy);
    const longer = [...(await measureCommands(many, strategy))].filter(([name, length]) => {
      const before = lengths.get(name);
      // A number may have a digit more.
      return before !== undefined && length > before + 2;
    });
    expect(lengths.size).toBeGreaterThan(4);
    expect(longer).toEqual([]);
  },
);

test("what a balancer is told of 1,000 replicas fits into a configuration of a swarm, which has 1,000 KiB", () => {
  const balancer = toBalancer({
    pools: { api: { ...minimalPool, replicas: 1000, strategy: Strategy.Rolling } },
  });
  const [upstream] = balancer.upstreams;
  if (upstream === undefined) throw new Error("There is one upstream.");
  const members = Array.from({ length: 1000 }, (_, index) =>
    renderMember(toMember(`flotilla-prod-app-api-${index + 1}-0a1b2c3`), upstream),
  );
  const texts = [renderNginx(balancer), ...Object.values(watchFiles(balancer)), ...members];
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  expect(bytes).toBeLessThan(300 * 1024);
  // A zone without room leaves replicas out: some 120 of them filled 256 KiB.
  expect(upstream.zoneMiB * 1024).toBeGreaterThan((256 / 120) * 1001 * 1.5);
});
