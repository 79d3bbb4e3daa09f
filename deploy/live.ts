import type { Engine } from "../engine/client";
import { composeShell } from "../engine/shell";
import { type MemberLine, parseMember } from "../nginx/members";
import { inBalancer } from "./balancer";
import { readLiveSh } from "./texts";
import { closedSocket, keptFolder } from "./transaction";

/** The configuration that Nginx uses. */
export interface Live {
  /** The replicas of every upstream, by the upstream's name; also those that are out. */
  members: Map<string, MemberLine[]>;
  /** Whether clients can reach it; a first one stays closed until its replicas have answered. */
  isOpen: boolean;
  /** Whether a push that did not end has left it, and what was live before can be put back. */
  isProvisional: boolean;
}

/** What several balancers have, which differ only where one is new: replicas that any of them knows. */
export function joinLives(lives: Live[]): Live {
  const members = new Map<string, MemberLine[]>();
  for (const live of lives)
    for (const [upstream, lines] of live.members) {
      const known = members.get(upstream) ?? [];
      const added = lines.filter(({ text }) => !known.some((each) => each.text === text));
      members.set(upstream, [...known, ...added]);
    }
  return {
    members,
    isOpen: lives.some(({ isOpen }) => isOpen),
    isProvisional: lives.some(({ isProvisional }) => isProvisional),
  };
}

/** Reads what is live in a balancer's container; a push that begins has what another has kept forgotten. */
export async function readLive(engine: Engine, balancer: string, begins = false): Promise<Live> {
  const values = { closed_socket: closedSocket, kept_folder: keptFolder, begins: begins ? "yes" : "" };
  const script = composeShell(values, readLiveSh);
  const lines = (await inBalancer(engine, balancer, script)).split("\n");
  const members = new Map<string, MemberLine[]>();
  for (const line of lines) {
    const [, upstream = "", text = ""] = /^live\/members\/(.+?)\.list:(.*)$/.exec(line) ?? [];
    const member = parseMember(text);
    if (member !== undefined) members.set(upstream, [...(members.get(upstream) ?? []), member]);
  }
  return { members, isOpen: !lines.includes("closed"), isProvisional: lines.includes("provisional") };
}
