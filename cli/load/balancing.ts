import type { Engine } from "../../engine/client";
import type { Part } from "../../engine/parts";
import { weightOf } from "../../nginx/members";
import { readSettings } from "../operator/in-force";
import { listFronts } from "../operator/parts";

/** How a balancer shares the requests of a pool. */
export interface Balancing {
  pool: string;
  method: "round-robin" | "least_conn" | "random" | "ip_hash" | "hash" | "sticky";
  members: { title: string; weight: number; spare: boolean }[];
}

/** Reads from the balancers how they share requests. */
export async function readBalancing(engine: Engine, parts: Part[]): Promise<Balancing[]> {
  const texts = await Promise.all(
    listFronts(parts).map((part) => readSettings(engine, part).catch(() => "")),
  );
  return texts.flatMap(parseBalancing);
}

/** Reads it from the settings in force. */
export function parseBalancing(settings: string): Balancing[] {
  const [rules = "", ...lists] = settings.split(/^# members\//m);
  return lists.flatMap((list) => {
    const [file = "", ...lines] = list.split("\n");
    const pool = file.replace(/\.conf$/, "");
    const members = lines.flatMap((line) => {
      const [, told, title] = /^server ([^;]*); # (\S+)$/.exec(line) ?? [];
      if (told === undefined || title === undefined) return [];
      return [{ title, weight: weightOf(told), spare: / backup\b/.test(told) }];
    });
    return members.length === 0 ? [] : [{ pool, method: findMethod(rules, pool), members }];
  });
}

function findMethod(rules: string, pool: string): Balancing["method"] {
  const [, block = ""] = new RegExp(`^ *upstream ${pool} \\{([^}]*)\\}`, "m").exec(rules) ?? [];
  const known = ["sticky", "least_conn", "random", "ip_hash", "hash"] as const;
  return known.find((method) => new RegExp(`^ *${method}\\b`, "m").test(block)) ?? "round-robin";
}
