import { expect } from "vitest";
import { SameSite } from "../../../components/types";
import { type Answer, countInstances } from "./support/client";
import { useBalancer, workbench } from "./support/harness";
import { proof } from "./support/proof";
import { inWords } from "../support/counts";

const balancer = useBalancer({
  args: {
    pools: {
      api: workbench({ replicas: 3, balancing: { sticky: {} } }),
      forms: workbench({
        replicas: 3,
        balancing: { sticky: { cookie: "form", seconds: 3600, sameSite: SameSite.Strict } },
      }),
      loose: workbench({ replicas: 3 }),
    },
    routes: ["api", "forms", "loose"].map((pool) => ({ path: `/${pool}`, pool })),
  },
});

function readCookie({ headers }: Answer): string {
  return headers["set-cookie"]?.[0] ?? "";
}

function attributesOf(cookie: string): string[] {
  return cookie.toLowerCase().split("; ").sort();
}

function withReplica(replica: string) {
  return { path: "/api", headers: { Cookie: `replica=${replica}` } };
}

proof("sticky: a new client gets a cookie that names its replica", async () => {
  const answer = await balancer().ask("/api");
  const cookie = readCookie(answer);
  const own = [
    "httponly",
    "path=/",
    `replica=api-${String(answer.headers["x-answered-by"])}`,
    "samesite=lax",
  ];
  expect(attributesOf(cookie)).toEqual(own);
  const form = attributesOf(readCookie(await balancer().ask("/forms")));
  expect(form).toEqual(expect.arrayContaining(["max-age=3600", "samesite=strict", "path=/", "httponly"]));
  expect(form.find((part) => part.startsWith("form="))).toMatch(/^form=forms-[123]$/);
  const loose = await balancer().ask("/loose");
  expect(loose.headers["set-cookie"]).toBeUndefined();
  return cookie;
});

proof("sticky: a client with the cookie stays; without it, it does not", async () => {
  const stays = countInstances(await balancer().askMany(90, withReplica("api-2")));
  expect(stays).toEqual({ "2": 90 });
  const wanders = countInstances(await balancer().askMany(90, "/api"));
  expect(Object.keys(wanders)).toEqual(["1", "2", "3"]);
  return `with replica=api-2: ${inWords(stays)}; without: ${inWords(wanders)}`;
});

proof("sticky: the client follows the replica's number to the container that replaces it", async () => {
  const { container: before } = balancer().replica("2");
  await balancer().replace("2");
  expect(balancer().replica("2").container).not.toBe(before);
  const after = countInstances(await balancer().askMany(90, withReplica("api-2")));
  expect(after).toEqual({ "2": 90 });
  return "90 of 90 at api-2 in its new container";
});

proof("sticky: while the replica is down another one answers, then it has its clients back", async () => {
  await balancer().replica("3").order("refuse");
  const down = await balancer().askMany(60, withReplica("api-3"), 4);
  expect(down.every(({ status }) => status === 200)).toBe(true);
  expect(countInstances(down)["3"]).toBeUndefined();
  await balancer().replica("3").order("listen");
  let asked = 0;
  let back: Answer;
  do {
    back = await balancer().ask(withReplica("api-3"));
    expect(back.status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 200));
  } while (back.headers["x-answered-by"] !== "3" && (asked += 1) < 100);
  const again = countInstances(await balancer().askMany(60, withReplica("api-3")));
  expect(again).toEqual({ "3": 60 });
  return `while down: ${inWords(countInstances(down))}; back: ${inWords(again)}`;
});
