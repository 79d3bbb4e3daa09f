import type { Member } from "./model";

/** The line of an upstream that stands for one replica; on a line of its own in the upstream's file. */
export function renderMember({ name, port }: Member): string {
  return `server ${name}:${port} resolve max_fails=3 fail_timeout=10s;`;
}

/** The line of an upstream without members: Nginx refuses one that has no server at all. */
export const noMember = "server 127.0.0.1:9 down;";

/** The text of an upstream's file. */
export function renderMembers(members: Member[]): string {
  const lines = members.length === 0 ? [noMember] : members.map(renderMember);
  return `${lines.join("\n")}\n`;
}
