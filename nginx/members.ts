import type { Member, Upstream } from "./model";

/** The line of an upstream that stands for one replica; its comment is what users call the replica. */
export function renderMember(member: Member, upstream: Upstream): string {
  const { name, port, title, weight, maxConnections, backup } = member;
  return [
    `server ${name}:${port} resolve`,
    ...(weight === 1 ? [] : [`weight=${weight}`]),
    ...(maxConnections === 0 ? [] : [`max_conns=${maxConnections}`]),
    `max_fails=${upstream.maxFails} fail_timeout=${upstream.failSeconds}s`,
    ...(backup ? ["backup"] : []),
    // The cookie would otherwise name an address, and another replica may have it after an update.
    ...(upstream.sticky === undefined ? [] : [`route=${title}`]),
  ]
    .join(" ")
    .concat(`; # ${title}`);
}

/** Folder of the members whose failures are not counted, relative to `nginx.conf`. */
export const uncountedFolder = "uncounted";

/** The line of an upstream without members: Nginx refuses one that has no server at all. */
export const noMember = "server 127.0.0.1:9 down;";

/** The text of an upstream's file. */
export function renderMembers(members: Member[], upstream: Upstream): string {
  const lines = members.length === 0 ? [noMember] : members.map((member) => renderMember(member, upstream));
  return `${lines.join("\n")}\n`;
}
