import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, expect, test } from "vitest";
import { type Answers, makeChecklist, renderChecklist } from "../../../cli/operator/checklist";
import { ask } from "../../../cli/operator/front";
import { type Findings, summarize } from "../../../cli/operator/status";
import { renderStats } from "../../../cli/operator/status-text";
import { plain } from "../../../cli/operator/style";
import { expectGolden } from "../../support/golden";
import { shop } from "../../support/parts";

const at = Date.parse("2026-11-27T10:00:00Z");
const day = 86_400_000;

function find(own: Partial<Findings> = {}): Findings {
  const figures = {
    ...{ replicas: [], pools: [] },
    certificates: [{ file: "certificates/1.pem", expires: (at + 200 * day) / 1000 }],
  };
  const disk = { used: 12 * 1024 ** 3, size: 80 * 1024 ** 3 };
  return {
    ...{ stack: "shop/dev", engine: undefined, parts: shop, alerts: [], before: [] },
    now: [{ balancer: "balancer", service: "app", at, figures, disk, held: [] }],
    images: new Map([
      ["sha256:1", "shop/api:1.3"],
      ["sha256:2", "shop/api:1.4"],
    ]),
    usage: new Map(shop.map(({ id }) => [id, { cpuPercent: 3.4, memoryBytes: 31 * 1024 ** 2 }])),
    backups: [{ store: "main", last: "2026-11-27T03:00:00Z", verified: true, fault: null }],
    ...own,
  };
}

const well: Answers = {
  front: { url: "http://localhost:8080/healthz", status: 200, text: "ok" },
  silent: [],
  due: new Map([["main", Date.parse("2026-11-27T03:00:00Z")]]),
};

test("a stack that is well has a line for each point", () => {
  const checks = makeChecklist(summarize(find(), at), well);
  expect(checks.filter(({ ok }) => !ok)).toEqual([]);
  expectGolden("cli/check.txt", `${renderChecklist(checks, plain).join("\n")}\n`);
});

test("what is not well says what to do", () => {
  const parts = shop.map((part) =>
    part.title === "api-2" ? { ...part, image: "sha256:2", health: "unhealthy" } : part,
  );
  const told = { images: {}, replicas: {}, maintenance: [{ pool: "api" }] };
  const alerts = [{ alert: "PoolDown", severity: "critical", since: "", summary: "Nobody answers for api." }];
  const ill = find({ parts, told, alerts });
  const now = ill.now.map((look) => ({ ...look, held: [{ pool: "web", until: at / 1000 + 9 }] }));
  const checks = makeChecklist(summarize({ ...ill, now }, at), {
    front: { ...well.front, url: "http://localhost:8080/healthz", status: 503, text: "price" },
    silent: ["price"],
    due: new Map([["main", Date.parse("2026-11-27T07:00:00Z")]]),
  });
  expectGolden("cli/check-ill.txt", `${renderChecklist(checks, plain).join("\n")}\n`);
});

test("a stack that does not run says that alone", () => {
  const parts = shop.map((part) => ({ ...part, state: "exited" }));
  const lines = renderChecklist(makeChecklist(summarize(find({ parts }), at), well), plain);
  expect(lines).toEqual(["✗ stack  Nothing of the stack runs. Start it: npm run start"]);
});

test("what there is nothing of has no line", () => {
  const parts = shop.filter(({ pool }) => pool === "api");
  const none: Answers = { front: undefined, silent: [], due: new Map() };
  const checks = makeChecklist(summarize(find({ parts, backups: [], now: [] }), at), none);
  expect(checks.map(({ name }) => name)).toEqual(["pools", "replicas", "versions", "maintenance"]);
});

let close: () => void = () => undefined;
afterEach(() => {
  close();
});

test("the front is asked as a client asks, and says why nobody answers", async () => {
  const server = createServer((_, response) => response.writeHead(503).end("price\n"));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => server.close();
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/healthz`;
  expect(await ask(url)).toEqual({ url, status: 503, text: "price" });
  const nobody = "http://127.0.0.1:1/healthz";
  expect(await ask(nobody)).toEqual({
    url: nobody,
    status: undefined,
    text: expect.stringContaining("ECONNREFUSED") as string,
  });
});

test("figures of each container fit into 80 columns", () => {
  const lines = renderStats(summarize(find(), at).parts, 80);
  expect(lines.filter((line) => line.length > 80)).toEqual([]);
  expect(lines.slice(0, 3)).toEqual([
    "NAME            CPU      MEMORY",
    "balancer         3%      31 MiB",
    "api-1            3%  31/256 MiB",
  ]);
});
