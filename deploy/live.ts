import type { Engine } from "../engine/client";
import { inBalancer } from "./balancer";

/** Start of the paths at which a first configuration listens. */
export const closedSocket = "/run/flotilla-";

/** The configuration that Nginx uses. */
export interface Live {
  /** Every line of every upstream, by the upstream's name; also of replicas that are out. */
  members: Map<string, string[]>;
  /** Whether clients can reach it; a first one stays closed until its replicas have answered. */
  isOpen: boolean;
}

/** Reads what is live in a balancer's container. */
export async function readLive(engine: Engine, balancer: string): Promise<Live> {
  const text = await inBalancer(
    engine,
    balancer,
    [
      "cd /etc/flotilla",
      `! grep -q '^ *listen unix:${closedSocket}' live/nginx.conf 2>/dev/null || echo closed`,
      "[ -f live/nginx.conf ] || echo closed",
      "grep -H . live/members/*.list 2>/dev/null || true",
    ].join("\n"),
  );
  const lines = text.split("\n");
  const members = new Map<string, string[]>();
  for (const line of lines) {
    const [, upstream, member] = /^live\/members\/(.+?)\.list:(server .*)$/.exec(line) ?? [];
    if (upstream === undefined || member === undefined) continue;
    members.set(upstream, [...(members.get(upstream) ?? []), member]);
  }
  return { members, isOpen: !lines.includes("closed") };
}
